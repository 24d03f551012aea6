WITH given AS (
    SELECT * FROM unnest(%(business_id)s::uuid[], %(seq)s::bigint[], %(id)s::uuid[], %(type)s::text[],
        %(subject_id)s::uuid[], %(data)s::jsonb[]) AS given (business_id, seq, id, type, subject_id, data)
), entered AS (
    INSERT INTO outbox.event (business_id, seq, id, type, subject_id, data, at) SELECT *, %(at)s FROM given
), moved AS (
    UPDATE outbox.event_line SET last_seq = last.seq
    FROM (SELECT business_id, max(seq) AS seq FROM given GROUP BY business_id) AS last
    WHERE event_line.business_id = last.business_id
)
SELECT pg_notify(%(channel)s, business_id::text) FROM (SELECT DISTINCT business_id FROM given) AS told
