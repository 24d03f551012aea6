-- What is due and in nobody's hands. Suspects went silent with their holder twice: they may have killed it.
WITH ready AS (
    SELECT kind, key FROM outbox.job
    WHERE due_at <= (SELECT clock_timestamp() + ahead FROM outbox.clock)
        AND run_at <= clock_timestamp() AND lease_until < clock_timestamp() AND kind = ANY(%(kinds)s)
        AND (lease IS NOT NULL AND lost > 0) = %(suspects)s
    ORDER BY due_at, run_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE outbox.job
SET lease = %(lease)s, lease_until = clock_timestamp() + %(long)s, attempts = job.attempts + 1,
    lost = job.lost + (job.lease IS NOT NULL)::int
FROM ready WHERE job.kind = ready.kind AND job.key = ready.key
RETURNING job.kind, job.key, job.payload, nullif(job.due_at, '-infinity') AS due_at, job.lease, job.asked,
    job.attempts, job.lost
