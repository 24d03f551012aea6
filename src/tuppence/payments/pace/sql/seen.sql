SELECT bank, lag_days, count(*) AS payments FROM payments.posting WHERE bank = ANY(%(banks)s::text[]) GROUP BY bank, lag_days
