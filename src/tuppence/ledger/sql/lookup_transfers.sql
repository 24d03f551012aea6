SELECT id, debit_account_id, credit_account_id, amount, ledger, code, flags, pending_id, timeout,
    user_data_128, user_data_64, user_data_32, timestamp,
    (SELECT status FROM ledger.transfer_pending AS p WHERE p.id = t.id) AS status
FROM ledger.transfer AS t WHERE id = ANY(%(ids)s::uuid[])
