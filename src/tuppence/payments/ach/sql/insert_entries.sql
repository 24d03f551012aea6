INSERT INTO payments.bank_entry (
    id, account_id, purpose, payment_id, amount_minor, currency, receiver, sender, made_at, sec, description, direction,
    clearing, recurring, order_id, state
)
SELECT *, 'waiting' FROM unnest(
    %(id)s::uuid[], %(account_id)s::uuid[], %(purpose)s::text[], %(payment_id)s::uuid[], %(amount_minor)s::bigint[],
    %(currency)s::text[], %(receiver)s::text[], %(sender)s::text[], %(made_at)s::timestamptz[], %(sec)s::text[],
    %(description)s::text[], %(direction)s::text[], %(clearing)s::text[], %(recurring)s::boolean[],
    %(order_id)s::uuid[]
)
ON CONFLICT (id) DO NOTHING
