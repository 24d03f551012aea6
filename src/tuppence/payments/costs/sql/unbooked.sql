-- Those of a page that a rail performed and whose cost is not booked.
SELECT a.id, a.payment_id, a.kind, a.amount_minor, a.currency, coalesce(card.regulated, true) AS regulated
FROM payments.rail_attempt AS a
LEFT JOIN payments.card AS card ON card.id = a.card_id
WHERE a.id = ANY(%(ids)s) AND a.fate = 'accepted'
  AND NOT EXISTS (SELECT FROM payments.attempt_cost AS c WHERE c.attempt_id = a.id)
ORDER BY a.id
