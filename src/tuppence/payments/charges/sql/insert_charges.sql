-- New charges, and which of them were new: another request may have written the same a moment ago.
INSERT INTO payments.charge (
    id, owner, subject_id, business_id, payer_id, card_id, bank_id, mandate_id, amount_minor, currency, shares, says,
    policy_version, state, created_at, updated_at
)
SELECT *, 'charging', %(now)s, %(now)s FROM unnest(
    %(id)s::uuid[], %(owner)s::text[], %(subject_id)s::uuid[], %(business_id)s::uuid[], %(payer_id)s::uuid[],
    %(card_id)s::uuid[], %(bank_id)s::uuid[], %(mandate_id)s::uuid[], %(amount_minor)s::bigint[], %(currency)s::text[],
    %(shares)s::jsonb[], %(says)s::text[], %(policy_version)s::int[]
)
ON CONFLICT (id) DO NOTHING
RETURNING id
