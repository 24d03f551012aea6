UPDATE payments.bank_mandate SET revoked_at = %(at)s, revoked_by = %(by)s
WHERE id = ANY(%(ids)s) AND revoked_at IS NULL
