SELECT payment_id, leg FROM payments.attempt WHERE fate IN ('live', 'unknown') GROUP BY payment_id, leg HAVING count(*) > 1
