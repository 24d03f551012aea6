INSERT INTO billing.game_entry (id, business_id, game_id, purchase_id, kind, at, day, currency, amount_minor, tax_minor,
    fee_minor, share_minor, owed_currency, owed_minor)
SELECT id, business_id, game_id, purchase_id, kind, at, day, currency, amount_minor, tax_minor, fee_minor, share_minor,
    owed_currency, owed_minor
FROM unnest(%(id)s::uuid[], %(business_id)s::uuid[], %(game_id)s::uuid[], %(purchase_id)s::uuid[], %(kind)s::text[],
    %(at)s::timestamptz[], %(day)s::date[], %(currency)s::text[], %(amount_minor)s::bigint[], %(tax_minor)s::bigint[],
    %(fee_minor)s::bigint[], %(share_minor)s::bigint[], %(owed_currency)s::text[], %(owed_minor)s::bigint[])
    AS given (id, business_id, game_id, purchase_id, kind, at, day, currency, amount_minor, tax_minor, fee_minor,
    share_minor, owed_currency, owed_minor)
ON CONFLICT (id) DO NOTHING
