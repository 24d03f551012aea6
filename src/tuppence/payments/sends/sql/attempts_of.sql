SELECT
    id, payment_id, leg, n, kind, card_id, "of", fate, marked_at, recorded_at, unknown_at, decline_code, approval, trace,
    rrn, network_at, returned_at, bank_id
FROM payments.attempt
WHERE payment_id = ANY(%(payments)s)
ORDER BY payment_id, leg, n
