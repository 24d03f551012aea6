-- Locked and as they are by then.
SELECT
    id, owner, business_id, payee_id, bank_id, amount_minor, currency, account, entries, asked_on, pays_on, policy_version, state, why,
    approvals_needed, tries, order_id, settles_on, submitted_at, created_at, updated_at
FROM payments.payout
WHERE id = ANY(%(ids)s)
ORDER BY id
FOR UPDATE
