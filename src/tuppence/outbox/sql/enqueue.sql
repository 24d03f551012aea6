INSERT INTO outbox.job (kind, key, payload, due_at)
SELECT * FROM unnest(%(kind)s::text[], %(key)s::text[], %(payload)s::jsonb[], %(due_at)s::timestamptz[])
ON CONFLICT (kind, key) DO UPDATE
SET payload = excluded.payload, due_at = excluded.due_at, asked = job.asked + 1, run_at = clock_timestamp()
