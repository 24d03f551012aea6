SELECT id, charge_id, amount_minor, shares, reason, state, failed_why, created_at, updated_at
FROM payments.charge_refund
WHERE charge_id = ANY(%(charges)s)
ORDER BY charge_id, created_at, id
