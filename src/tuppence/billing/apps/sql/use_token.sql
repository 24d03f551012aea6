UPDATE apps.token SET used_at = clock_timestamp() WHERE token_hash = %(token_hash)s
