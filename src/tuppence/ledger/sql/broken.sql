SELECT what, which FROM ledger.broken
