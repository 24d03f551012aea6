-- Those that are still ours and run. One that somebody is asking for again at this moment waits for the next time.
WITH held AS (
    SELECT job.kind, job.key FROM outbox.job
    JOIN unnest(%(kind)s::text[], %(key)s::text[], %(lease)s::uuid[]) AS held (kind, key, lease) USING (kind, key, lease)
    FOR UPDATE OF job SKIP LOCKED
)
UPDATE outbox.job SET lease_until = clock_timestamp() + %(long)s FROM held
WHERE job.kind = held.kind AND job.key = held.key
