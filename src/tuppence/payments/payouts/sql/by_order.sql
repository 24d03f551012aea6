SELECT id, order_id FROM payments.payout WHERE order_id = ANY(%(orders)s)
