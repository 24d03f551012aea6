INSERT INTO vault.void (attempt_id, at) SELECT id, %(now)s FROM unnest(%(ids)s::uuid[]) AS id ON CONFLICT DO NOTHING
