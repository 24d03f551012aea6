-- What is due, and what keeps those behind it in order; what stands aside until later only says when.
(SELECT seq, event_id, tries, attempts, first_tried_at, due_at FROM outbox.delivery
WHERE endpoint_id = %(endpoint_id)s AND state = 'pending'
    AND (due_at <= %(now)s OR first_tried_at IS NULL OR first_tried_at > %(since)s)
ORDER BY seq LIMIT %(most)s)
UNION
(SELECT seq, event_id, tries, attempts, first_tried_at, due_at FROM outbox.delivery
WHERE endpoint_id = %(endpoint_id)s AND state = 'pending' AND due_at > %(now)s ORDER BY due_at LIMIT 1)
ORDER BY seq
