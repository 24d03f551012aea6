SELECT id, charge_id FROM payments.charge_attempt WHERE id = ANY(%(ids)s)
