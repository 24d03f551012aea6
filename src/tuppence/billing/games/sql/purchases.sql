SELECT id, game_id, business_id, buyer_id, card_id, state, delivery, sku, title, description, image_url, quantity, request_id, currency,
    price_minor, dev_minor, house_minor, tax_minor, owed_minor, owed_currency, facts, test, outcome, bundle_id, why, says, quoted_at,
    expires_at, asked_at, completed_at, fulfilled_at, consumed_at, version
FROM billing.game_purchase WHERE id = ANY(%(ids)s::uuid[])
