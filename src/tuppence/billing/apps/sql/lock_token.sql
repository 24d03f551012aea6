SELECT token_hash FROM apps.token WHERE token_hash = %(token_hash)s FOR UPDATE
