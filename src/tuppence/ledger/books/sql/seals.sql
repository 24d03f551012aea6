SELECT position, kind, id, timestamp, leaf, chain FROM ledger.seal
WHERE position > %(after)s AND position <= %(until)s ORDER BY position LIMIT %(limit)s
