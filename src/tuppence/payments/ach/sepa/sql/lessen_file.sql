UPDATE payments.bank_file SET credit_minor = credit_minor - %(minor)s WHERE id = %(id)s
