SELECT d.seq, d.event_id, e.type, e.at, d.state, d.attempts, d.tries,
    CASE WHEN d.state = 'pending' THEN d.due_at END AS due_at, d.delivered_at, a.status, a.error
FROM outbox.delivery AS d
JOIN outbox.event AS e ON e.business_id = %(business_id)s AND e.seq = d.seq
LEFT JOIN outbox.attempt AS a ON a.endpoint_id = d.endpoint_id AND a.seq = d.seq AND a.n = d.attempts
WHERE d.endpoint_id = %(endpoint_id)s AND (%(before)s::bigint IS NULL OR d.seq < %(before)s)
    AND (%(state)s::text IS NULL OR d.state = %(state)s)
ORDER BY d.seq DESC LIMIT %(limit)s
