SELECT t.id, t.debit_account_id, t.credit_account_id, t.amount, t.ledger, t.code, t.flags, t.pending_id, t.timeout,
    t.user_data_128, t.user_data_64, t.user_data_32, t.timestamp, p.status
FROM (SELECT n FROM generate_series(0, (SELECT max(era) FROM ledger.transfer)) AS one (n) ORDER BY n ASC) AS eras
    CROSS JOIN LATERAL (
        (SELECT * FROM ledger.transfer
        WHERE %(debits)s AND era = n AND debit_account_id = %(account_id)s
            AND timestamp BETWEEN %(timestamp_min)s AND %(timestamp_max)s
            AND %(user_data_128)s::uuid IN ('00000000-0000-0000-0000-000000000000', user_data_128)
            AND %(user_data_64)s::numeric IN (0, user_data_64) AND %(user_data_32)s::bigint IN (0, user_data_32)
            AND %(code)s::int IN (0, code)
        ORDER BY timestamp ASC LIMIT %(limit)s)
        UNION ALL
        (SELECT * FROM ledger.transfer
        WHERE %(credits)s AND era = n AND credit_account_id = %(account_id)s
            AND timestamp BETWEEN %(timestamp_min)s AND %(timestamp_max)s
            AND %(user_data_128)s::uuid IN ('00000000-0000-0000-0000-000000000000', user_data_128)
            AND %(user_data_64)s::numeric IN (0, user_data_64) AND %(user_data_32)s::bigint IN (0, user_data_32)
            AND %(code)s::int IN (0, code)
        ORDER BY timestamp ASC LIMIT %(limit)s)
    ) AS t
    LEFT JOIN ledger.transfer_pending AS p USING (id)
ORDER BY n ASC, timestamp ASC LIMIT %(limit)s
