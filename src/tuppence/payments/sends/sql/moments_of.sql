SELECT payment_id, version, number, event, state, at, detail
FROM payments.moment
WHERE payment_id = ANY(%(payments)s)
ORDER BY payment_id, version
