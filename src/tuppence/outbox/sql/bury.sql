WITH gone AS (
    DELETE FROM outbox.job USING unnest(%(keys)s::text[], %(error)s::text[]) AS dead (key, error)
    WHERE job.kind = %(kind)s AND job.key = dead.key
    RETURNING job.kind, job.key, job.payload, job.attempts, dead.error
)
INSERT INTO outbox.dead_job (kind, key, payload, attempts, error) SELECT * FROM gone
ON CONFLICT (kind, key) DO UPDATE
SET payload = excluded.payload, attempts = excluded.attempts, error = excluded.error, died_at = clock_timestamp()
