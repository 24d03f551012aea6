UPDATE vault.card SET attach_by = NULL
WHERE token = ANY(%(tokens)s) AND attach_by > %(now)s AND kept AND deleted_at IS NULL
