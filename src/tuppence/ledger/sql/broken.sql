SELECT what, which FROM ledger.broken ORDER BY what, which
