UPDATE people.api_key SET revoked_at = coalesce(revoked_at, clock_timestamp()) WHERE id = ANY(%(ids)s::uuid[])
RETURNING id
