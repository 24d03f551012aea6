-- Refunds as a step leaves them, new ones among them; their charges are locked.
INSERT INTO payments.charge_refund (
    id, charge_id, amount_minor, shares, reason, state, failed_why, created_at, updated_at
)
SELECT * FROM unnest(
    %(id)s::uuid[], %(charge_id)s::uuid[], %(amount_minor)s::bigint[], %(shares)s::jsonb[], %(reason)s::text[],
    %(state)s::text[], %(failed_why)s::text[], %(created_at)s::timestamptz[], %(updated_at)s::timestamptz[]
)
ON CONFLICT (id) DO UPDATE
SET state = excluded.state, failed_why = excluded.failed_why, updated_at = excluded.updated_at
