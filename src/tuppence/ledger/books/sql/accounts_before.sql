SELECT id FROM ledger.account WHERE timestamp < %(before)s AND id > %(after)s ORDER BY id LIMIT %(limit)s
