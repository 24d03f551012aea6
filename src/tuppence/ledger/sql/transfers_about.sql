SELECT id, debit_account_id, credit_account_id, amount, ledger, code, flags, pending_id, timeout, user_data_128,
    user_data_64, user_data_32, timestamp
FROM ledger.transfer WHERE user_data_128 = ANY(%(about)s) ORDER BY timestamp
