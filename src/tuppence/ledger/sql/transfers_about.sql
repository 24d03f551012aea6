SELECT t.id, t.debit_account_id, t.credit_account_id, t.amount, t.ledger, t.code, t.flags, t.pending_id, t.timeout,
    t.user_data_128, t.user_data_64, t.user_data_32, t.timestamp, p.status
FROM ledger.transfer AS t LEFT JOIN ledger.transfer_pending AS p USING (id)
WHERE t.user_data_128 = ANY(%(about)s::uuid[]) AND t.user_data_128 <> '00000000-0000-0000-0000-000000000000'
ORDER BY t.timestamp
