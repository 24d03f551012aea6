UPDATE people.session SET last_seen_at = clock_timestamp()
WHERE id IN (SELECT id FROM people.session WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE SKIP LOCKED)
