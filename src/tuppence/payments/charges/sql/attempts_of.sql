SELECT
    id, payment_id, leg, n, kind, card_id, "of", fate, marked_at, recorded_at, unknown_at, decline_code, approval, trace, rrn,
    network_at, returned_at, bank_id, charge_id, amount_minor, currency
FROM payments.charge_attempt
WHERE charge_id = ANY(%(charges)s)
ORDER BY charge_id, payment_id, n
