UPDATE vault.card SET deleted_at = %(now)s, wrapped_dek = NULL, fingerprint = NULL, attach_by = NULL
WHERE attach_by <= %(now)s AND deleted_at IS NULL
RETURNING token
