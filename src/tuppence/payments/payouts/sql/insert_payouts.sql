-- New payouts, and which of them were new: another request may have written the same a moment ago.
INSERT INTO payments.payout (
    id, owner, business_id, payee_id, bank_id, amount_minor, currency, account, entries, asked_on, pays_on,
    policy_version, state, why, approvals_needed, created_at, updated_at
)
SELECT * FROM unnest(
    %(id)s::uuid[], %(owner)s::text[], %(business_id)s::uuid[], %(payee_id)s::uuid[], %(bank_id)s::uuid[],
    %(amount_minor)s::bigint[], %(currency)s::text[], %(account)s::uuid[], %(entries)s::text[], %(asked_on)s::date[],
    %(pays_on)s::date[], %(policy_version)s::int[], %(state)s::text[], %(why)s::text[], %(approvals_needed)s::int[],
    %(created_at)s::timestamptz[], %(updated_at)s::timestamptz[]
)
ON CONFLICT DO NOTHING
RETURNING id
