SELECT id, amount_minor, state FROM payments.payment WHERE id > %(after)s ORDER BY id LIMIT %(limit)s
