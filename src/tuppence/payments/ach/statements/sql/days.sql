SELECT id, on_date, opening_minor, closing_minor FROM payments.bank_statement ORDER BY on_date DESC, id DESC LIMIT %(most)s
