INSERT INTO ledger.transfer_failed (id) SELECT unnest(%(ids)s::uuid[]) ON CONFLICT DO NOTHING
