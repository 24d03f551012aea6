SELECT n, at, took_ms, status, error, answer FROM outbox.attempt
WHERE endpoint_id = %(endpoint_id)s AND seq = %(seq)s ORDER BY n DESC
