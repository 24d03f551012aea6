DELETE FROM outbox.job USING unnest(%(kind)s::text[], %(key)s::text[], %(fence)s::int[], %(asked)s::int[])
    AS done (kind, key, fence, asked)
WHERE job.kind = done.kind AND job.key = done.key AND job.fence = done.fence AND job.asked = done.asked
