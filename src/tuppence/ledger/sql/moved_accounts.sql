SELECT id, ledger, code, flags, debits_pending, debits_posted, credits_pending, credits_posted, user_data_128,
    user_data_64, user_data_32, timestamp
FROM ledger.account WHERE greatest(debits_pending, debits_posted, credits_pending, credits_posted) > 0
ORDER BY ledger, code, id
