SELECT position, timestamp, kind, chain FROM ledger.seal WHERE position = %(position)s
