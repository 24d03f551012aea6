UPDATE payments.bank_series SET last_trace = %(last_trace)s, last_day = %(last_day)s, last_number = %(last_number)s
