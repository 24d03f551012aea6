WITH risen AS (DELETE FROM outbox.dead_job WHERE kind = %(kind)s AND key = ANY(%(keys)s) RETURNING kind, key, payload)
INSERT INTO outbox.job (kind, key, payload, due_at) SELECT kind, key, payload, '-infinity' FROM risen
ON CONFLICT DO NOTHING
