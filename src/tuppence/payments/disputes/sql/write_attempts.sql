-- Attempts as they are marked, or answered. Settled ones first, so that the one that follows may live.
INSERT INTO payments.redress_attempt (
    id, payment_id, leg, n, kind, card_id, "of", fate, marked_at, recorded_at, unknown_at, decline_code, approval, trace, rrn,
    network_at, returned_at, bank_id, subject_id, amount_minor, currency
)
SELECT * FROM unnest(
    %(id)s::uuid[], %(payment_id)s::uuid[], %(leg)s::int[], %(n)s::int[], %(kind)s::text[], %(card_id)s::uuid[],
    %(of)s::uuid[], %(fate)s::text[], %(marked_at)s::timestamptz[], %(recorded_at)s::timestamptz[],
    %(unknown_at)s::timestamptz[], %(decline_code)s::text[], %(approval)s::text[], %(trace)s::text[], %(rrn)s::text[],
    %(network_at)s::timestamptz[], %(returned_at)s::timestamptz[], %(bank_id)s::uuid[], %(subject_id)s::uuid[],
    %(amount_minor)s::bigint[], %(currency)s::text[]
)
ON CONFLICT (id) DO UPDATE
SET fate = excluded.fate, unknown_at = excluded.unknown_at, decline_code = excluded.decline_code,
    approval = excluded.approval, trace = excluded.trace, rrn = excluded.rrn, network_at = excluded.network_at,
    returned_at = excluded.returned_at
