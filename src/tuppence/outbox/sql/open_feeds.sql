INSERT INTO outbox.feed (person_id) SELECT unnest(%(people)s::uuid[]) ON CONFLICT DO NOTHING
