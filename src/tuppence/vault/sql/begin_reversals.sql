INSERT INTO vault.reversal (attempt_id, next_at) SELECT id, %(now)s FROM unnest(%(ids)s::uuid[]) AS id
