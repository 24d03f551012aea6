SELECT position, timestamp, kind, chain FROM ledger.seal ORDER BY position DESC LIMIT 1
