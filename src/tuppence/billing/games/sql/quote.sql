INSERT INTO billing.game_purchase (id, game_id, business_id, state, sku, title, description, image_url, quantity, request_id,
    currency, price_minor, dev_minor, house_minor, tax_minor, owed_minor, owed_currency, facts, quoted_at, expires_at)
SELECT id, game_id, business_id, 'quoted', sku, title, description, image_url, quantity, request_id, currency, price_minor,
    dev_minor, house_minor, tax_minor, owed_minor, owed_currency, facts, %(now)s::timestamptz, %(expires_at)s::timestamptz
FROM unnest(%(id)s::uuid[], %(game_id)s::uuid[], %(business_id)s::uuid[], %(sku)s::text[], %(title)s::text[],
    %(description)s::text[], %(image_url)s::text[], %(quantity)s::int[], %(request_id)s::text[], %(currency)s::text[],
    %(price_minor)s::bigint[], %(dev_minor)s::bigint[], %(house_minor)s::bigint[], %(tax_minor)s::bigint[],
    %(owed_minor)s::bigint[], %(owed_currency)s::text[], %(facts)s::jsonb[])
    AS given (id, game_id, business_id, sku, title, description, image_url, quantity, request_id, currency, price_minor,
    dev_minor, house_minor, tax_minor, owed_minor, owed_currency, facts)
ON CONFLICT (id) DO NOTHING
