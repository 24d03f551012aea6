INSERT INTO billing.game_refund (id, purchase_id, amount_minor, dev_minor, house_minor, tax_minor, owed_minor, reason, state,
    at, by_dispute)
SELECT id, purchase_id, amount_minor, dev_minor, house_minor, tax_minor, owed_minor, reason, state, at, by_dispute
FROM unnest(%(id)s::uuid[], %(purchase_id)s::uuid[], %(amount_minor)s::bigint[], %(dev_minor)s::bigint[],
    %(house_minor)s::bigint[], %(tax_minor)s::bigint[], %(owed_minor)s::bigint[], %(reason)s::text[], %(state)s::text[],
    %(at)s::timestamptz[], %(by_dispute)s::boolean[])
    AS given (id, purchase_id, amount_minor, dev_minor, house_minor, tax_minor, owed_minor, reason, state, at, by_dispute)
ON CONFLICT (id) DO NOTHING
