-- Before the lease's end stands only what somebody asked for since it was claimed.
UPDATE outbox.endpoint
SET lease = NULL, lease_until = '-infinity',
    look_at = least(coalesce(%(look_at)s, 'infinity'::timestamptz), CASE WHEN look_at < lease_until THEN look_at END)
WHERE id = %(id)s AND lease = %(lease)s
