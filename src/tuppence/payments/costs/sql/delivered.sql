SELECT count(*) FROM payments.payment AS p
WHERE p.state IN ('credited', 'available') AND p.currency = %(currency)s
  AND EXISTS (SELECT FROM payments.attempt_cost AS c WHERE c.payment_id = p.id AND c.booked_at >= %(since)s)
