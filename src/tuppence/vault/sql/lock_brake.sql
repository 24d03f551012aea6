SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(%(names)s::text[]) WITH ORDINALITY AS brake (name, at) ORDER BY at
