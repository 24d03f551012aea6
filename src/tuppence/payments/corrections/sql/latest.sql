SELECT id FROM payments.correction WHERE %(state)s::text IS NULL OR state = %(state)s
ORDER BY proposed_at DESC LIMIT %(limit)s
