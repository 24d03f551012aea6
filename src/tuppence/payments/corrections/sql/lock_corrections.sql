SELECT id FROM payments.correction WHERE id = ANY(%(ids)s::uuid[]) ORDER BY id FOR UPDATE
