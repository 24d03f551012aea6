SELECT person_id, feed_seq FROM outbox.feed WHERE person_id = ANY(%(people)s) ORDER BY person_id FOR UPDATE
