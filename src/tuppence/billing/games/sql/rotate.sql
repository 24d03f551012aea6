UPDATE billing.game SET secret_version = secret_version + 1 WHERE id = %(id)s RETURNING secret_version
