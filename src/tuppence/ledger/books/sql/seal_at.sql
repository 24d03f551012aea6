SELECT position, timestamp, chain FROM ledger.seal WHERE position = %(position)s
