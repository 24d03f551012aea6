-- Ids of disputes that may not be there yet: one id may be asked for about two payments at once.
SELECT pg_advisory_xact_lock(hashtextextended(id::text, 35)) FROM unnest(%(ids)s::uuid[]) AS given (id) ORDER BY id
