SELECT b.account_id, b.debits_pending, b.debits_posted, b.credits_pending, b.credits_posted, b.timestamp
FROM (SELECT n FROM generate_series(0, (SELECT max(era) FROM ledger.transfer)) AS one (n) ORDER BY n ASC) AS eras
    CROSS JOIN LATERAL (
        (SELECT timestamp FROM ledger.transfer
        WHERE %(debits)s AND era = n AND debit_account_id = %(account_id)s
            AND timestamp BETWEEN %(timestamp_min)s AND %(timestamp_max)s
            AND %(user_data_128)s::uuid IN ('00000000-0000-0000-0000-000000000000', user_data_128)
            AND %(user_data_64)s::numeric IN (0, user_data_64) AND %(user_data_32)s::bigint IN (0, user_data_32)
            AND %(code)s::int IN (0, code)
        ORDER BY timestamp ASC LIMIT %(limit)s)
        UNION ALL
        (SELECT timestamp FROM ledger.transfer
        WHERE %(credits)s AND era = n AND credit_account_id = %(account_id)s
            AND timestamp BETWEEN %(timestamp_min)s AND %(timestamp_max)s
            AND %(user_data_128)s::uuid IN ('00000000-0000-0000-0000-000000000000', user_data_128)
            AND %(user_data_64)s::numeric IN (0, user_data_64) AND %(user_data_32)s::bigint IN (0, user_data_32)
            AND %(code)s::int IN (0, code)
        ORDER BY timestamp ASC LIMIT %(limit)s)
    ) AS t
    JOIN ledger.account_balance AS b ON b.timestamp = t.timestamp AND b.account_id = %(account_id)s
ORDER BY n ASC, timestamp ASC LIMIT %(limit)s
