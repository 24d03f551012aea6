INSERT INTO people.session (id, person_id, token_hash, transport, device_id, device_name, device_since, created_at,
    last_seen_at, idle, ends_at)
SELECT id, person_id, token_hash, transport, device_id, device_name, device_since, created_at, created_at, idle, ends_at
FROM unnest(%(id)s::uuid[], %(person_id)s::uuid[], %(token_hash)s::bytea[], %(transport)s::text[], %(device_id)s::uuid[],
    %(device_name)s::text[], %(device_since)s::timestamptz[], %(created_at)s::timestamptz[], %(idle)s::interval[],
    %(ends_at)s::timestamptz[])
    AS given (id, person_id, token_hash, transport, device_id, device_name, device_since, created_at, idle, ends_at)
