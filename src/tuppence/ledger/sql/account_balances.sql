SELECT b.account_id, b.debits_pending, b.debits_posted, b.credits_pending, b.credits_posted, b.timestamp
FROM ledger.account_balance AS b JOIN ledger.transfer AS t USING (timestamp)
WHERE b.account_id = %(account_id)s
    AND (%(debits)s AND t.debit_account_id = b.account_id OR %(credits)s AND t.credit_account_id = b.account_id)
    AND b.timestamp BETWEEN %(timestamp_min)s AND %(timestamp_max)s
    AND %(user_data_128)s::uuid IN ('00000000-0000-0000-0000-000000000000', t.user_data_128)
    AND %(user_data_64)s::numeric IN (0, t.user_data_64) AND %(user_data_32)s::bigint IN (0, t.user_data_32)
    AND %(code)s::int IN (0, t.code)
ORDER BY timestamp LIMIT %(limit)s
