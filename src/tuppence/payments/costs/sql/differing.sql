-- Those of a page about which files bill something else than they did when we last looked: most of them for the first time.
-- One that nobody expected to cost anything has no row yet.
SELECT a.id AS attempt_id, a.payment_id, a.kind, a.currency, c.booked_minor, c.billed_minor, told.fee_minor, told.lines
FROM payments.rail_attempt AS a
CROSS JOIN LATERAL (
    SELECT sum(l.fee_minor)::bigint AS fee_minor, count(*) AS lines FROM payments.clearing_line AS l
    WHERE l.attempt_id = a.id AND l.currency = a.currency
) AS told
LEFT JOIN payments.attempt_cost AS c ON c.attempt_id = a.id
WHERE a.id = ANY(%(ids)s) AND told.lines > 0 AND c.billed_minor IS DISTINCT FROM told.fee_minor
ORDER BY a.id
