SELECT id, purchase_id, amount_minor, dev_minor, house_minor, tax_minor, owed_minor, reason, state, at, by_dispute
FROM billing.game_refund WHERE purchase_id = ANY(%(purchase_ids)s::uuid[]) ORDER BY id
