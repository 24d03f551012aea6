-- The card that each payment's payee receives with by default.
SELECT p.id AS payment_id, w.receives_card_id AS card_id
FROM payments.payment AS p
JOIN payments.wallet AS w ON w.person_id = p.payee_id
WHERE p.id = ANY(%(ids)s) AND w.receives_card_id IS NOT NULL
