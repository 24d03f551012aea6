-- A break is open once about its subject, however often the same thing is found.
INSERT INTO payments.break (id, rail, kind, subject, payment_id, account, amount_minor, currency, detail, opened_at)
SELECT id, %(rail)s, kind, subject, payment_id, account, amount_minor, currency, detail, %(at)s
FROM unnest(
    %(id)s::uuid[], %(kind)s::text[], %(subject)s::text[], %(payment_id)s::uuid[], %(account)s::text[],
    %(amount_minor)s::bigint[], %(currency)s::text[], %(detail)s::jsonb[]
) AS new (id, kind, subject, payment_id, account, amount_minor, currency, detail)
ON CONFLICT (subject) WHERE state = 'open' DO NOTHING
