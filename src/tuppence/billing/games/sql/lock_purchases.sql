SELECT id FROM billing.game_purchase WHERE id = ANY(%(ids)s::uuid[]) ORDER BY id FOR UPDATE
