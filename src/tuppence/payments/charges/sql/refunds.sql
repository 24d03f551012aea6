SELECT id, charge_id, amount_minor, shares, reason, state, failed_why, created_at, updated_at
FROM payments.charge_refund
WHERE id = ANY(%(ids)s)
