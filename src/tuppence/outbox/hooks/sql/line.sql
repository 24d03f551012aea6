-- What is due, and what keeps those behind it in order. Nothing, where the endpoint is no longer ours or no longer what it
-- was when we claimed it.
SELECT seq, event_id, tries, attempts, first_tried_at, due_at FROM outbox.delivery
WHERE endpoint_id = %(endpoint_id)s AND state = 'pending'
    AND (due_at <= %(now)s OR first_tried_at IS NULL OR first_tried_at > %(since)s)
    AND EXISTS (SELECT FROM outbox.endpoint
        WHERE id = %(endpoint_id)s AND state = 'enabled' AND url = %(url)s AND lease = %(lease)s)
ORDER BY seq LIMIT %(most)s
