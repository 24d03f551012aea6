UPDATE payments.card SET state = 'removed' WHERE id = ANY(%(ids)s)
