SELECT
    id, payment_id, leg, n, kind, card_id, "of", fate, marked_at, recorded_at, unknown_at, decline_code, approval, trace, rrn,
    network_at, returned_at, bank_id, subject_id, amount_minor, currency
FROM payments.redress_attempt
WHERE id = ANY(%(ids)s)
