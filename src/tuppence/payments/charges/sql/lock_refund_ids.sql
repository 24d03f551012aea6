-- Ids of refunds that may not be there yet: two charges may be asked for one id at once.
SELECT pg_advisory_xact_lock(hashtextextended(id::text, 34)) FROM unnest(%(ids)s::uuid[]) AS given (id) ORDER BY id
