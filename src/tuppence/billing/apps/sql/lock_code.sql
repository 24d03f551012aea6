SELECT code_hash FROM apps.code WHERE code_hash = %(code_hash)s FOR UPDATE
