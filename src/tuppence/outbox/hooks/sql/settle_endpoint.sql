-- Under our lease only; it is let go of when nothing more is sent.
UPDATE outbox.endpoint
SET failures = %(failures)s, succeeded_at = CASE WHEN %(ok)s THEN %(now)s ELSE succeeded_at END,
    rest_until = coalesce(%(rest_until)s, '-infinity'::timestamptz),
    state = CASE WHEN %(why)s::text IS NULL THEN state ELSE 'disabled' END,
    why = coalesce(%(why)s, why),
    look_at = CASE WHEN %(rest_until)s::timestamptz IS NULL THEN look_at ELSE least(look_at, %(rest_until)s) END,
    lease = CASE WHEN %(why)s::text IS NULL AND %(rest_until)s::timestamptz IS NULL THEN lease END,
    lease_until = CASE WHEN %(why)s::text IS NULL AND %(rest_until)s::timestamptz IS NULL THEN lease_until
        ELSE '-infinity' END
WHERE id = %(id)s AND lease = %(lease)s
