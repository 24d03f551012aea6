SELECT pg_advisory_xact_lock(hashtextextended(%(id)s::uuid::text, 22))
