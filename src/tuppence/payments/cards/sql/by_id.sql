SELECT
    id, person_id, token, brand, funding, last4, exp_month, exp_year, bank, state, can_fund, can_receive, fast_funds,
    regulated, fingerprint, kept, used_by, created_at
FROM payments.card
WHERE id = ANY(%(ids)s)
