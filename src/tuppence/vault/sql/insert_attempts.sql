INSERT INTO vault.attempt (
    id, payment_id, kind, token, amount_minor, currency, of_id, state, stan, sent_at, category, says, created_at
)
SELECT id, payment_id, kind, token, amount_minor, currency, of_id, 'sent', stan, sent_at, category, says, %(now)s
FROM unnest(
    %(id)s::uuid[], %(payment_id)s::uuid[], %(kind)s::text[], %(token)s::text[], %(amount_minor)s::bigint[],
    %(currency)s::text[], %(of_id)s::uuid[], %(stan)s::int[], %(sent_at)s::timestamptz[], %(category)s::text[],
    %(says)s::text[]
) AS fresh (id, payment_id, kind, token, amount_minor, currency, of_id, stan, sent_at, category, says)
ON CONFLICT (id) DO NOTHING
RETURNING id
