-- Enabled again it starts afresh: what waits is looked at now.
UPDATE outbox.endpoint
SET url = %(url)s, description = %(description)s, types = %(types)s::text[], state = %(state)s,
    why = CASE WHEN %(state)s = 'disabled' THEN why END,
    failures = CASE WHEN state = %(state)s THEN failures ELSE 0 END,
    rest_until = CASE WHEN state = %(state)s AND url = %(url)s THEN rest_until ELSE '-infinity' END,
    look_at = least(look_at, clock_timestamp())
WHERE id = %(id)s
