UPDATE people.api_key SET last_used_at = clock_timestamp()
WHERE id IN (SELECT id FROM people.api_key WHERE id = ANY(%(ids)s::uuid[]) ORDER BY id FOR UPDATE SKIP LOCKED)
