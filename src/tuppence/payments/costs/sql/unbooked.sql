-- Attempts that a rail performed and whose cost is not booked.
SELECT a.id, a.payment_id, a.kind, a.amount_minor, a.currency, coalesce(card.regulated, true) AS regulated
FROM payments.rail_attempt AS a
LEFT JOIN payments.card AS card ON card.id = a.card_id
WHERE a.id > %(after)s AND a.fate = 'accepted' AND a.marked_at >= %(since)s
  AND NOT EXISTS (SELECT FROM payments.attempt_cost AS c WHERE c.attempt_id = a.id)
ORDER BY a.id
LIMIT %(most)s
