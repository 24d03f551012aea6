SELECT last, next_expiry, used, id, ledger, flags, debits_pending, debits_posted, credits_pending, credits_posted, timestamp
FROM ledger.lock(%(accounts)s::uuid[], %(pending)s::uuid[], %(transfers)s::uuid[])
