SELECT number, day, closes_day, count, made_at, document, signature, blinding
FROM ledger.statement WHERE number > %(after)s ORDER BY number LIMIT %(limit)s
