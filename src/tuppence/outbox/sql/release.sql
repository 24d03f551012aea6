-- Those that go on: again later, after a back-off, or because they were asked for once more while they ran.
UPDATE outbox.job SET lease_until = '-infinity', run_at = greatest(job.run_at, clock_timestamp() + wait),
    attempts = CASE WHEN fresh OR job.asked <> more.asked THEN 0 ELSE attempts END
FROM unnest(%(kind)s::text[], %(key)s::text[], %(fence)s::int[], %(asked)s::int[], %(wait)s::interval[], %(fresh)s::boolean[])
    AS more (kind, key, fence, asked, wait, fresh)
WHERE job.kind = more.kind AND job.key = more.key AND job.fence = more.fence
