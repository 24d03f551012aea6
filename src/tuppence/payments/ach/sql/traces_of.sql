SELECT trace FROM payments.bank_entry WHERE account_id = %(account_id)s AND trace IS NOT NULL ORDER BY trace
