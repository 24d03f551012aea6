-- What was delivered for the costs: payments that reached their payees, and charges that were taken.
SELECT
    (
        SELECT count(*) FROM payments.payment AS p
        WHERE p.state IN ('credited', 'available') AND p.currency = %(currency)s
          AND EXISTS (SELECT FROM payments.attempt_cost AS c WHERE c.payment_id = p.id AND c.booked_at >= %(since)s)
    ) + (
        SELECT count(*) FROM payments.charge AS p
        WHERE p.state = 'charged' AND p.currency = %(currency)s
          AND EXISTS (SELECT FROM payments.attempt_cost AS c WHERE c.payment_id = p.id AND c.booked_at >= %(since)s)
    )
