UPDATE apps.connection SET last_used_at = clock_timestamp() WHERE id = ANY(%(ids)s::uuid[])
