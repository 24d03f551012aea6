UPDATE payments.bank_entry SET state = 'rejected' WHERE id = ANY(%(ids)s) AND state = 'waiting'
