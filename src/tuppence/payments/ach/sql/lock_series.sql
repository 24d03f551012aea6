SELECT last_trace, last_day, last_number FROM payments.bank_series FOR UPDATE
