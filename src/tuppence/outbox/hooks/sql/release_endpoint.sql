UPDATE outbox.endpoint
SET lease = NULL, lease_until = '-infinity', look_at = least(look_at, coalesce(%(look_at)s, 'infinity'::timestamptz))
WHERE id = %(id)s AND lease = %(lease)s
