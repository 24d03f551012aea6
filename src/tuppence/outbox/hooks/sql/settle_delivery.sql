UPDATE outbox.delivery
SET state = %(state)s, tries = tries + 1, attempts = attempts + 1, due_at = %(due_at)s,
    first_tried_at = coalesce(first_tried_at, %(began)s),
    delivered_at = CASE WHEN %(state)s = 'delivered' THEN %(now)s ELSE delivered_at END
WHERE endpoint_id = %(endpoint_id)s AND seq = %(seq)s
