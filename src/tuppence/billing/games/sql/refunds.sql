SELECT id, purchase_id, amount_minor, dev_minor, house_minor, tax_minor, owed_minor, reason, state, at, by_dispute
FROM billing.game_refund WHERE id = ANY(%(ids)s::uuid[])
