INSERT INTO payments.card (
    id, person_id, token, brand, funding, last4, exp_month, exp_year, bank, state, can_fund, can_receive, fast_funds,
    regulated, fingerprint, kept, created_at
)
SELECT * FROM unnest(
    %(id)s::uuid[], %(person_id)s::uuid[], %(token)s::text[], %(brand)s::text[], %(funding)s::text[],
    %(last4)s::text[], %(exp_month)s::int[], %(exp_year)s::int[], %(bank)s::text[], %(state)s::text[],
    %(can_fund)s::boolean[], %(can_receive)s::boolean[], %(fast_funds)s::boolean[], %(regulated)s::boolean[],
    %(fingerprint)s::text[], %(kept)s::boolean[], %(created_at)s::timestamptz[]
)
