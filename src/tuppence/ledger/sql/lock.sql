SELECT last, next_expiry, used, id, ledger, code, flags, debits_pending, debits_posted, credits_pending, credits_posted,
    user_data_128, user_data_64, user_data_32, timestamp
FROM ledger.lock(%(accounts)s::uuid[], %(pending)s::uuid[], %(transfers)s::uuid[])
