SELECT id, leg, rrn FROM payments.attempt WHERE id = ANY(%(ids)s)
