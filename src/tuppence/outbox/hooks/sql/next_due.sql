SELECT min(due_at) FROM outbox.delivery
WHERE endpoint_id = %(endpoint_id)s AND state = 'pending' AND due_at > %(now)s
