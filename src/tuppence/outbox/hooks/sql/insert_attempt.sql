INSERT INTO outbox.attempt (endpoint_id, seq, n, at, took_ms, status, error, answer)
SELECT endpoint_id, seq, attempts + 1, %(at)s, %(took_ms)s, %(status)s, %(error)s, %(answer)s
FROM outbox.delivery WHERE endpoint_id = %(endpoint_id)s AND seq = %(seq)s
