SELECT token FROM vault.card
WHERE token = ANY(%(tokens)s) AND deleted_at IS NULL AND (attach_by IS NULL OR attach_by > %(now)s)
