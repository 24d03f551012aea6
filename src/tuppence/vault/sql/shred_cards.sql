UPDATE vault.card SET deleted_at = %(now)s, wrapped_dek = NULL, fingerprint = NULL, attach_by = NULL
WHERE (token = ANY(%(tokens)s) OR stands_for = ANY(%(tokens)s)) AND deleted_at IS NULL
RETURNING token
