SELECT id FROM payments.correcting WHERE id = ANY(%(ids)s::uuid[])
UNION SELECT id FROM ledger.transfer WHERE id = ANY(%(ids)s::uuid[])
UNION SELECT id FROM ledger.transfer_failed WHERE id = ANY(%(ids)s::uuid[])
