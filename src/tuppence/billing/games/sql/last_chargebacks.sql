SELECT DISTINCT ON (purchase_id) id, business_id, game_id, purchase_id, kind, at, day, currency, amount_minor, tax_minor,
    fee_minor, share_minor, owed_currency, owed_minor
FROM billing.game_entry WHERE purchase_id = ANY(%(purchase_ids)s::uuid[]) AND kind = 'chargeback'
ORDER BY purchase_id, id DESC
