INSERT INTO ledger.transfer_pending (id, status, expires_at, expired_at)
SELECT id, status, expires_at, CASE WHEN status = 4 THEN expires_at + row_number() OVER () - 1 END
FROM unnest(%(ids)s::uuid[], %(statuses)s::int[], %(expires_at)s::bigint[]) AS t (id, status, expires_at)
ON CONFLICT (id) DO UPDATE
SET (status, expires_at, expired_at) = (excluded.status, excluded.expires_at, excluded.expired_at)
