SELECT id FROM payments.bank_account WHERE id = %(account_id)s AND person_id = %(person_id)s
