UPDATE outbox.delivery SET due_at = %(now)s
WHERE endpoint_id = %(endpoint_id)s AND state = 'pending' AND due_at > %(now)s
