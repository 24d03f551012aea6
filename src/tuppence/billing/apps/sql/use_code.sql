UPDATE apps.code SET used_at = clock_timestamp() WHERE code_hash = %(code_hash)s
