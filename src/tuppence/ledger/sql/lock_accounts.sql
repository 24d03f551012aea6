SELECT * FROM ledger.lock(%(ids)s)
