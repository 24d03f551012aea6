SELECT what, which FROM ledger.broken_seal ORDER BY what, which
