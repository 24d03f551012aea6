SELECT * FROM ledger.account WHERE id = ANY(%(ids)s)
