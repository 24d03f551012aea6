-- Refunds as they are asked for, or as they were heard of.
INSERT INTO ads.refund (
    id, ask_id, account_id, charge_id, cycle_id, amount_minor, state, failed_why, asked_at, settled_at
)
SELECT * FROM unnest(
    %(id)s::uuid[], %(ask_id)s::uuid[], %(account_id)s::uuid[], %(charge_id)s::uuid[], %(cycle_id)s::uuid[],
    %(amount_minor)s::bigint[], %(state)s::text[], %(failed_why)s::text[], %(asked_at)s::timestamptz[],
    %(settled_at)s::timestamptz[]
)
ON CONFLICT (id) DO UPDATE
SET state = excluded.state, failed_why = excluded.failed_why, settled_at = excluded.settled_at
