-- Their times are before all time: nobody asks for them, and the ledger gives none of those.
INSERT INTO ledger.transfer_failed (id, timestamp)
SELECT id, coalesce((SELECT min(timestamp) FROM ledger.transfer_failed WHERE timestamp < 0), 0) - row_number() OVER ()
FROM unnest(%(ids)s::uuid[]) AS t (id)
ON CONFLICT (id) DO NOTHING
