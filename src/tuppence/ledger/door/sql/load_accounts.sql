INSERT INTO ledger.account SELECT * FROM unnest(%(accounts)s::ledger.account[])
ON CONFLICT (id) DO UPDATE SET (ledger, code, flags, debits_pending, debits_posted, credits_pending, credits_posted,
    user_data_128, user_data_64, user_data_32, timestamp) = (excluded.ledger, excluded.code, excluded.flags,
    excluded.debits_pending, excluded.debits_posted, excluded.credits_pending, excluded.credits_posted,
    excluded.user_data_128, excluded.user_data_64, excluded.user_data_32, excluded.timestamp)
