SELECT id, leg, rrn FROM payments.rail_attempt WHERE id = ANY(%(ids)s)
