-- What pays these sets of entries already, under whatever id.
SELECT
    id, owner, business_id, payee_id, bank_id, amount_minor, currency, account, entries, asked_on, pays_on, policy_version, state, why,
    approvals_needed, tries, order_id, settles_on, submitted_at, created_at, updated_at
FROM payments.payout
WHERE (payee_id, currency, entries) IN (
    SELECT * FROM unnest(%(payee_id)s::uuid[], %(currency)s::text[], %(entries)s::text[])
)
