SELECT id, amount_minor, state FROM payments.payout WHERE id > %(after)s ORDER BY id LIMIT %(limit)s
