INSERT INTO payments.bank_entry (
    id, account_id, purpose, payment_id, amount_minor, currency, receiver, sender, made_at, state
)
SELECT *, 'waiting' FROM unnest(
    %(id)s::uuid[], %(account_id)s::uuid[], %(purpose)s::text[], %(payment_id)s::uuid[], %(amount_minor)s::bigint[],
    %(currency)s::text[], %(receiver)s::text[], %(sender)s::text[], %(made_at)s::timestamptz[]
)
ON CONFLICT (id) DO NOTHING
