SELECT last FROM ledger.clock
