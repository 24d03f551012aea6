SELECT pg_advisory_xact_lock(hashtextextended(id::text, 24)) FROM unnest(%(ids)s::uuid[]) AS given (id) ORDER BY id
