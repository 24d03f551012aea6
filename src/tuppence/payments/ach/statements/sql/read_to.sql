SELECT max(on_date) FROM payments.bank_statement
