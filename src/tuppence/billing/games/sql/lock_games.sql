SELECT id FROM billing.game WHERE id = ANY(%(ids)s::uuid[]) ORDER BY id FOR UPDATE
