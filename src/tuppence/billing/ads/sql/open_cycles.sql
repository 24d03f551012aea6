-- Bills that are not paid yet, each account's latest, and those that were asked for.
WITH wanted AS (
    SELECT id FROM ads.cycle WHERE account_id = ANY(%(accounts)s::uuid[]) AND state NOT IN ('paid', 'written_off')
    UNION
    SELECT unnest(%(cycles)s::uuid[])
    UNION
    SELECT latest.id FROM unnest(%(accounts)s::uuid[]) AS a (id)
    CROSS JOIN LATERAL (
        SELECT c.id FROM ads.cycle AS c WHERE c.account_id = a.id ORDER BY c.n DESC LIMIT 1
    ) AS latest
)
SELECT id, account_id, n, state, opened_at, bill_at, closed_at, why_closed, usage_minor, given_back_minor, waived_minor,
    credits_minor, prepaid_minor, carried_in_minor, carried_out_minor, refunded_minor, tax_minor, tax_basis_points,
    round,
    retries, failures, due_at, next_try_at, settled_at, paid_by, reference, version
FROM wanted JOIN ads.cycle USING (id)
ORDER BY account_id, n
