SELECT id, payment_id FROM payments.attempt WHERE id = ANY(%(ids)s)
