INSERT INTO outbox.delivery (endpoint_id, seq, event_id)
SELECT %(endpoint_id)s, seq, id FROM outbox.event
WHERE business_id = %(business_id)s AND id = ANY(%(event_ids)s::uuid[])
    AND (%(types)s::text[] = '{}' OR type = ANY(%(types)s::text[]) OR type = 'webhook.ping')
ON CONFLICT (endpoint_id, seq) DO UPDATE
SET state = 'pending', tries = 0, first_tried_at = NULL, due_at = clock_timestamp()
