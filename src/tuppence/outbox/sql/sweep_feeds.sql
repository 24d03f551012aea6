WITH old AS (
    DELETE FROM outbox.feed_entry WHERE at < clock_timestamp() - %(keep)s::interval RETURNING person_id, feed_seq
)
UPDATE outbox.feed SET floor = swept.feed_seq
FROM (SELECT person_id, max(feed_seq) AS feed_seq FROM old GROUP BY person_id) AS swept
WHERE feed.person_id = swept.person_id
