SELECT position, timestamp, chain FROM ledger.seal ORDER BY position DESC LIMIT 1
