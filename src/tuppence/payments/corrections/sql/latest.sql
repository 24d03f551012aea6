SELECT id FROM payments.correction
WHERE (%(state)s::text IS NULL OR state = %(state)s)
    AND (%(before)s::uuid IS NULL
        OR (proposed_at, id) < (SELECT proposed_at, id FROM payments.correction WHERE id = %(before)s::uuid))
ORDER BY proposed_at DESC, id DESC LIMIT %(limit)s
