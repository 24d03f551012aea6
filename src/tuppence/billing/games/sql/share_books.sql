SELECT pg_advisory_xact_lock_shared(hashtextextended(id::text, 22)) FROM unnest(%(ids)s::uuid[]) AS given (id) ORDER BY id
