-- Credits as they are granted, or as usage leaves them.
INSERT INTO ads.credit (
    id, account_id, why, code, amount_minor, left_minor, granted_at, expires_at
)
SELECT * FROM unnest(
    %(id)s::uuid[], %(account_id)s::uuid[], %(why)s::text[], %(code)s::text[], %(amount_minor)s::bigint[],
    %(left_minor)s::bigint[], %(granted_at)s::timestamptz[], %(expires_at)s::timestamptz[]
)
ON CONFLICT (id) DO UPDATE
SET left_minor = excluded.left_minor
