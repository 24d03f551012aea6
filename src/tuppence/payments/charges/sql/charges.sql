SELECT
    id, owner, subject_id, business_id, payer_id, card_id, bank_id, mandate_id, amount_minor, currency, shares, says, policy_version, state,
    decline_code, refunding_minor, refunded_minor, created_at, updated_at, charged_at
FROM payments.charge
WHERE id = ANY(%(ids)s)
