WITH given AS (
    SELECT * FROM unnest(%(person_id)s::uuid[], %(feed_seq)s::bigint[], %(kind)s::text[], %(payload)s::jsonb[])
        AS given (person_id, feed_seq, kind, payload)
), entered AS (
    INSERT INTO outbox.feed_entry (person_id, feed_seq, kind, payload) SELECT * FROM given
), moved AS (
    UPDATE outbox.feed SET feed_seq = last.feed_seq
    FROM (SELECT person_id, max(feed_seq) AS feed_seq FROM given GROUP BY person_id) AS last
    WHERE feed.person_id = last.person_id
)
SELECT pg_notify(%(channel)s, %(people)s)
