-- Attempts about which files bill something else than they did when we last looked: most of them for the first time.
-- One that nobody expected to cost anything has no row yet.
SELECT a.id AS attempt_id, a.payment_id, a.kind, a.currency, c.booked_minor, c.billed_minor,
    sum(l.fee_minor)::bigint AS fee_minor, count(*) AS lines
FROM payments.clearing_line AS l
JOIN payments.rail_attempt AS a ON a.id = l.attempt_id
LEFT JOIN payments.attempt_cost AS c ON c.attempt_id = a.id
WHERE l.currency = a.currency AND a.marked_at >= %(since)s
GROUP BY a.id, a.payment_id, a.kind, a.currency, c.attempt_id
HAVING c.billed_minor IS DISTINCT FROM sum(l.fee_minor)
ORDER BY a.id
LIMIT %(most)s
