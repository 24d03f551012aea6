SELECT t.id, t.debit_account_id, t.credit_account_id, t.amount, t.ledger, t.code, t.flags, t.pending_id, t.timeout,
    t.user_data_128, t.user_data_64, t.user_data_32, t.timestamp, p.status
FROM ledger.transfer AS t LEFT JOIN ledger.transfer_pending AS p USING (id)
WHERE t.timestamp BETWEEN %(timestamp_min)s AND %(timestamp_max)s
    AND %(user_data_128)s::uuid IN ('00000000-0000-0000-0000-000000000000', t.user_data_128)
    AND %(user_data_64)s::numeric IN (0, t.user_data_64) AND %(user_data_32)s::bigint IN (0, t.user_data_32)
    AND %(code)s::int IN (0, t.code) AND %(ledger)s::bigint IN (0, t.ledger)
ORDER BY timestamp ASC LIMIT %(limit)s
