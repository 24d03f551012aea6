-- How far up each feed is old; some people at a time.
SELECT person_id, max(feed_seq) AS feed_seq
FROM (
    SELECT person_id, feed_seq FROM outbox.feed_entry WHERE at < clock_timestamp() - %(keep)s::interval LIMIT %(most)s
) AS old
GROUP BY person_id
