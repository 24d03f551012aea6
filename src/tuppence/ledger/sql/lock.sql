SELECT last, next_expiry FROM ledger.lock()
