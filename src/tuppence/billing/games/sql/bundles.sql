SELECT id, business_id, buyer_id, card_id, currency, day, state FROM billing.game_bundle WHERE id = ANY(%(ids)s::uuid[])
