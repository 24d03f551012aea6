-- The events, their deliveries to every endpoint that wants them, and a look at those endpoints soon.
WITH given AS (
    SELECT * FROM unnest(%(business_id)s::uuid[], %(seq)s::bigint[], %(id)s::uuid[], %(type)s::text[],
        %(subject_id)s::uuid[], %(data)s::jsonb[]) AS given (business_id, seq, id, type, subject_id, data)
), entered AS (
    INSERT INTO outbox.event (business_id, seq, id, type, subject_id, data, at) SELECT *, %(at)s FROM given
), moved AS (
    UPDATE outbox.event_line SET last_seq = last.seq
    FROM (SELECT business_id, max(seq) AS seq FROM given GROUP BY business_id) AS last
    WHERE event_line.business_id = last.business_id
), wanted AS (
    SELECT endpoint.id AS endpoint_id, given.seq, given.id AS event_id
    FROM given JOIN outbox.endpoint ON endpoint.business_id = given.business_id AND endpoint.state = 'enabled'
        AND CASE WHEN given.type = 'webhook.ping' THEN endpoint.id = given.subject_id
            ELSE endpoint.types = '{}' OR given.type = ANY(endpoint.types) END
), put AS (
    INSERT INTO outbox.delivery (endpoint_id, seq, event_id) SELECT endpoint_id, seq, event_id FROM wanted
), woken AS (
    UPDATE outbox.endpoint SET look_at = least(look_at, clock_timestamp())
    WHERE id IN (SELECT endpoint_id FROM wanted)
)
SELECT pg_notify(%(channel)s, business_id::text) FROM (SELECT DISTINCT business_id FROM given) AS told
