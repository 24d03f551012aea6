SELECT id FROM ledger.transfer_failed WHERE id = ANY(%(ids)s::uuid[])
