SELECT id, ledger, code, flags, debits_pending, debits_posted, credits_pending, credits_posted, user_data_128,
    user_data_64, user_data_32, timestamp
FROM ledger.account
WHERE timestamp BETWEEN %(timestamp_min)s AND %(timestamp_max)s
    AND %(user_data_128)s::uuid IN ('00000000-0000-0000-0000-000000000000', user_data_128)
    AND %(user_data_64)s::numeric IN (0, user_data_64) AND %(user_data_32)s::bigint IN (0, user_data_32)
    AND %(code)s::int IN (0, code) AND %(ledger)s::bigint IN (0, ledger)
ORDER BY timestamp ASC LIMIT %(limit)s
