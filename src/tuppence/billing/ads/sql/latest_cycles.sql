SELECT id, account_id, n, state, opened_at, bill_at, closed_at, why_closed, usage_minor, given_back_minor, waived_minor,
    credits_minor, prepaid_minor, carried_in_minor, carried_out_minor, refunded_minor, tax_minor, tax_basis_points,
    round,
    retries, failures, due_at, next_try_at, settled_at, paid_by, reference, version
FROM ads.cycle
WHERE account_id = %(account_id)s AND (%(before)s::bigint IS NULL OR n < %(before)s::bigint)
ORDER BY n DESC LIMIT %(limit)s
