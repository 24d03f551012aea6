SELECT subject, kind, amount_minor FROM payments.break WHERE state = 'closed' AND subject = ANY(%(subjects)s)
