SELECT l.attempt_id, f.business_date, l.movement, l.signed_minor, l.currency, l.rrn, l.network_at
FROM payments.clearing_line AS l
JOIN payments.clearing_file AS f USING (rail, sequence)
WHERE l.attempt_id = ANY(%(attempts)s)
ORDER BY l.attempt_id, l.sequence, l.number
