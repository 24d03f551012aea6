SELECT reference, net_minor FROM payments.bank_received WHERE reference = ANY(%(references)s)
