-- Under our lease only. An endpoint that rests or is disabled is let go of at once.
UPDATE outbox.endpoint
SET failures = %(failures)s, succeeded_at = CASE WHEN %(ok)s THEN %(now)s ELSE succeeded_at END,
    rest_until = coalesce(%(rest_until)s, '-infinity'::timestamptz),
    state = CASE WHEN %(why)s::text IS NULL THEN state ELSE 'disabled' END,
    why = coalesce(%(why)s, why),
    look_at = CASE WHEN %(lets_go)s
        THEN least(coalesce(%(rest_until)s, 'infinity'::timestamptz), CASE WHEN look_at < lease_until THEN look_at END)
        ELSE look_at END,
    lease = CASE WHEN %(lets_go)s THEN NULL ELSE lease END,
    lease_until = CASE WHEN %(lets_go)s THEN '-infinity' ELSE lease_until END
WHERE id = %(id)s AND lease = %(lease)s
