SELECT person_id, floor, feed_seq FROM outbox.feed WHERE person_id = ANY(%(people)s)
