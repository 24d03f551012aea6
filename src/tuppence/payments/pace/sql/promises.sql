SELECT bank, lag_days, promised_first, promised_last, count(*) AS payments
FROM payments.posting WHERE at >= %(since)s
GROUP BY bank, lag_days, promised_first, promised_last ORDER BY bank, lag_days
