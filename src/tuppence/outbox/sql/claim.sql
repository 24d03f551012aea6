WITH ready AS (
    SELECT kind, key FROM outbox.job
    WHERE due_at <= (SELECT clock_timestamp() + ahead FROM outbox.clock)
        AND run_at <= clock_timestamp() AND lease_until < clock_timestamp() AND kind = ANY(%(kinds)s)
    ORDER BY due_at, run_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE outbox.job
SET lease_until = clock_timestamp() + %(lease)s, fence = job.fence + 1, attempts = job.attempts + 1
FROM ready WHERE job.kind = ready.kind AND job.key = ready.key
RETURNING job.kind, job.key, job.payload, nullif(job.due_at, '-infinity') AS due_at, job.fence, job.asked, job.attempts
