SELECT DISTINCT kind, about FROM payments.bank_line WHERE about = ANY(%(about)s)
