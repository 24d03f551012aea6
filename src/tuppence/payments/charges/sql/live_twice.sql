SELECT payment_id FROM payments.charge_attempt WHERE fate IN ('live', 'unknown') GROUP BY payment_id HAVING count(*) > 1
