-- What waits as it was asked for stays untouched; what runs is marked, so that it runs again.
WITH put AS (
    INSERT INTO outbox.job (kind, key, payload, due_at)
    SELECT * FROM unnest(%(kind)s::text[], %(key)s::text[], %(payload)s::jsonb[], %(due_at)s::timestamptz[])
    ON CONFLICT (kind, key) DO UPDATE
    SET payload = excluded.payload, due_at = excluded.due_at, asked = job.asked + 1, run_at = clock_timestamp()
    WHERE (job.due_at, job.payload) <> (excluded.due_at, excluded.payload)
        OR job.lease IS NOT NULL OR job.run_at > clock_timestamp()
)
SELECT pg_notify(%(channel)s, '') WHERE '-infinity' = ANY(%(due_at)s::timestamptz[])
