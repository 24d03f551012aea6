UPDATE people.api_key SET revoked_at = least(revoked_at, clock_timestamp()) WHERE id = ANY(%(ids)s::uuid[])
RETURNING id
