INSERT INTO outbox.delivery (endpoint_id, seq, event_id)
SELECT %(endpoint_id)s, seq, id FROM outbox.event
WHERE business_id = %(business_id)s AND at >= %(since)s AND at < coalesce(%(until)s, 'infinity'::timestamptz)
    AND (%(types)s::text[] = '{}' OR type = ANY(%(types)s::text[])) AND type <> 'webhook.ping'
    AND NOT (%(only)s AND EXISTS (
        SELECT FROM outbox.delivery AS d
        WHERE d.endpoint_id = %(endpoint_id)s AND d.seq = event.seq AND d.state = 'delivered'))
ORDER BY seq LIMIT %(most)s
ON CONFLICT (endpoint_id, seq) DO UPDATE
SET state = 'pending', tries = 0, first_tried_at = NULL, due_at = clock_timestamp()
