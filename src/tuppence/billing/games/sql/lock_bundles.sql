SELECT id FROM billing.game_bundle WHERE id = ANY(%(ids)s::uuid[]) ORDER BY id FOR UPDATE
