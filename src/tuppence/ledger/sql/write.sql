SELECT ledger.write(
    account_id => %(account_id)s, account_ledger => %(account_ledger)s, account_code => %(account_code)s,
    account_flags => %(account_flags)s, account_user_data_128 => %(account_user_data_128)s,
    account_user_data_64 => %(account_user_data_64)s, account_user_data_32 => %(account_user_data_32)s,
    account_timestamp => %(account_timestamp)s,
    id => %(id)s, debit_account_id => %(debit_account_id)s, credit_account_id => %(credit_account_id)s,
    amount => %(amount)s, pending_id => %(pending_id)s, ledger => %(ledger)s, code => %(code)s, flags => %(flags)s,
    timeout => %(timeout)s, user_data_128 => %(user_data_128)s, user_data_64 => %(user_data_64)s,
    user_data_32 => %(user_data_32)s, "timestamp" => %(timestamp)s, failed => %(failed)s, last => %(last)s)
