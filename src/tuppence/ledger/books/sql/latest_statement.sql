SELECT number, day, closes_day, count, made_at, document, signature, blinding
FROM ledger.statement WHERE closes_day OR NOT %(closing)s ORDER BY number DESC LIMIT 1
