UPDATE people.api_key SET revoked_at = least(revoked_at, %(at)s) WHERE id = %(id)s
