INSERT INTO ledger.transfer (id, debit_account_id, credit_account_id, amount, ledger, code, flags, pending_id, timeout,
    user_data_128, user_data_64, user_data_32, timestamp, era)
SELECT id, debit_account_id, credit_account_id, amount, ledger, code, flags, pending_id, timeout,
    user_data_128, user_data_64, user_data_32, timestamp, 0
FROM unnest(%(transfers)s::ledger.transfer[])
ON CONFLICT (id) DO UPDATE SET (debit_account_id, credit_account_id, amount, ledger, code, flags, pending_id, timeout,
    user_data_128, user_data_64, user_data_32, timestamp) = (excluded.debit_account_id, excluded.credit_account_id,
    excluded.amount, excluded.ledger, excluded.code, excluded.flags, excluded.pending_id, excluded.timeout,
    excluded.user_data_128, excluded.user_data_64, excluded.user_data_32, excluded.timestamp)
