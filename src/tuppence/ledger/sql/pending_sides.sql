SELECT unnest(ARRAY[debit_account_id, credit_account_id]) FROM ledger.transfer WHERE id = ANY(%(ids)s)
