INSERT INTO payments.bank_order (
    id, owner, direction, account_id, mandate_id, amount_minor, currency, sec, description, says, clearing, state, tries,
    made_at, updated_at
)
SELECT *, 'waiting', 1, %(now)s, %(now)s FROM unnest(
    %(id)s::uuid[], %(owner)s::text[], %(direction)s::text[], %(account_id)s::uuid[], %(mandate_id)s::uuid[],
    %(amount_minor)s::bigint[], %(currency)s::text[], %(sec)s::text[], %(description)s::text[], %(says)s::text[],
    %(clearing)s::text[]
)
