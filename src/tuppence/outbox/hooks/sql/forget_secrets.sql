DELETE FROM outbox.endpoint_secret WHERE endpoint_id = %(endpoint_id)s
