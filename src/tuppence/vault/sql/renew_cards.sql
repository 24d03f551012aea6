UPDATE vault.card SET exp_month = fresh.exp_month, exp_year = fresh.exp_year
FROM unnest(%(token)s::text[], %(exp_month)s::int[], %(exp_year)s::int[]) AS fresh (token, exp_month, exp_year)
WHERE card.token = fresh.token AND card.deleted_at IS NULL
