SELECT id FROM ledger.account WHERE user_data_128 = %(person)s OR id = %(person)s ORDER BY ledger, code, id
