-- What each payment's payee receives on by default: a card, or a bank account.
SELECT p.id AS payment_id, coalesce(w.receives_card_id, w.receives_bank_id) AS instrument_id
FROM payments.payment AS p
JOIN payments.wallet AS w ON w.person_id = p.payee_id
WHERE p.id = ANY(%(ids)s) AND coalesce(w.receives_card_id, w.receives_bank_id) IS NOT NULL
