-- Bills as a step leaves them.
INSERT INTO ads.cycle (
    id, account_id, n, state, opened_at, bill_at, closed_at, why_closed, usage_minor, given_back_minor,
    waived_minor, credits_minor, prepaid_minor, carried_in_minor, carried_out_minor, refunded_minor, tax_minor,
    tax_basis_points, round, retries, failures, due_at, next_try_at, settled_at, paid_by, reference, version
)
SELECT * FROM unnest(
    %(id)s::uuid[], %(account_id)s::uuid[], %(n)s::int[], %(state)s::text[], %(opened_at)s::timestamptz[],
    %(bill_at)s::timestamptz[], %(closed_at)s::timestamptz[], %(why_closed)s::text[], %(usage_minor)s::bigint[],
    %(given_back_minor)s::bigint[], %(waived_minor)s::bigint[], %(credits_minor)s::bigint[],
    %(prepaid_minor)s::bigint[], %(carried_in_minor)s::bigint[], %(carried_out_minor)s::bigint[],
    %(refunded_minor)s::bigint[], %(tax_minor)s::bigint[], %(tax_basis_points)s::int[], %(round)s::int[],
    %(retries)s::int[], %(failures)s::int[], %(due_at)s::timestamptz[], %(next_try_at)s::timestamptz[],
    %(settled_at)s::timestamptz[], %(paid_by)s::text[], %(reference)s::text[], %(version)s::int[]
)
ON CONFLICT (id) DO UPDATE
SET state = excluded.state, bill_at = excluded.bill_at, closed_at = excluded.closed_at,
    why_closed = excluded.why_closed,
    usage_minor = excluded.usage_minor, given_back_minor = excluded.given_back_minor,
    waived_minor = excluded.waived_minor, credits_minor = excluded.credits_minor,
    prepaid_minor = excluded.prepaid_minor,
    carried_in_minor = excluded.carried_in_minor, carried_out_minor = excluded.carried_out_minor,
    refunded_minor = excluded.refunded_minor, tax_minor = excluded.tax_minor,
    tax_basis_points = excluded.tax_basis_points, round = excluded.round, retries = excluded.retries,
    failures = excluded.failures, due_at = excluded.due_at, next_try_at = excluded.next_try_at,
    settled_at = excluded.settled_at, paid_by = excluded.paid_by, reference = excluded.reference,
    version = excluded.version
