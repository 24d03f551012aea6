WITH swept AS (
    SELECT * FROM unnest(%(person_id)s::uuid[], %(feed_seq)s::bigint[]) AS swept (person_id, feed_seq)
), raised AS (
    UPDATE outbox.feed SET floor = swept.feed_seq FROM swept WHERE feed.person_id = swept.person_id
)
DELETE FROM outbox.feed_entry USING swept
WHERE feed_entry.person_id = swept.person_id AND feed_entry.feed_seq <= swept.feed_seq
