-- Open breaks, or bring open ones about the same up to date.
INSERT INTO payments.break (
    id, rail, kind, subject, payment_id, account, amount_minor, currency, detail, opened_at
)
SELECT id, %(rail)s, kind, subject, payment_id, account, amount_minor, currency, detail, %(now)s
FROM unnest(
    %(id)s::uuid[], %(kind)s::text[], %(subject)s::text[], %(payment_id)s::uuid[], %(account)s::text[],
    %(amount_minor)s::bigint[], %(currency)s::text[], %(detail)s::jsonb[]
) AS found (id, kind, subject, payment_id, account, amount_minor, currency, detail)
ON CONFLICT (subject) WHERE state = 'open'
DO UPDATE SET kind = excluded.kind, account = excluded.account, amount_minor = excluded.amount_minor,
    detail = excluded.detail
