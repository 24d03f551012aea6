INSERT INTO outbox.worker (name, seen_at) VALUES (%(name)s, clock_timestamp())
ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at
