SELECT c.item, count(*) AS attempts, sum(c.booked_minor)::bigint AS booked_minor,
    coalesce(sum(c.billed_minor), 0)::bigint AS billed_minor,
    sum(coalesce(c.billed_minor, c.booked_minor))::bigint AS cost_minor
FROM payments.attempt_cost AS c
WHERE c.currency = %(currency)s AND c.booked_at >= %(since)s
GROUP BY c.item
ORDER BY c.item
