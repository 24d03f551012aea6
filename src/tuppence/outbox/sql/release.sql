UPDATE outbox.job SET lease = NULL, lease_until = '-infinity', lost = 0, run_at = clock_timestamp() + wait,
    attempts = CASE WHEN fresh THEN 0 ELSE attempts END
FROM unnest(%(keys)s::text[], %(wait)s::interval[], %(fresh)s::boolean[]) AS more (key, wait, fresh)
WHERE job.kind = %(kind)s AND job.key = more.key
