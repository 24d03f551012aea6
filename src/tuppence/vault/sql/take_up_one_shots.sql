UPDATE vault.card SET attach_by = NULL WHERE token = ANY(%(tokens)s) AND attach_by IS NOT NULL AND NOT kept
