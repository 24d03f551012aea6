WITH gone AS (
    DELETE FROM outbox.job USING unnest(%(kind)s::text[], %(key)s::text[], %(fence)s::int[], %(error)s::text[])
        AS dead (kind, key, fence, error)
    WHERE job.kind = dead.kind AND job.key = dead.key AND job.fence = dead.fence
    RETURNING job.kind, job.key, job.payload, job.attempts, dead.error
)
INSERT INTO outbox.dead_job (kind, key, payload, attempts, error) SELECT * FROM gone
ON CONFLICT (kind, key) DO UPDATE
SET payload = excluded.payload, attempts = excluded.attempts, error = excluded.error, died_at = clock_timestamp()
