DELETE FROM outbox.job WHERE kind = %(kind)s AND key = ANY(%(keys)s)
