-- A business's payouts, the latest first, from a place on.
SELECT
    id, owner, business_id, payee_id, bank_id, amount_minor, currency, account, entries, asked_on, pays_on, policy_version, state, why,
    approvals_needed, tries, order_id, settles_on, submitted_at, created_at, updated_at
FROM payments.payout
WHERE business_id = %(business_id)s
  AND (%(before_id)s::uuid IS NULL OR (created_at, id) < (%(before_at)s::timestamptz, %(before_id)s::uuid))
ORDER BY created_at DESC, id DESC
LIMIT %(limit)s
