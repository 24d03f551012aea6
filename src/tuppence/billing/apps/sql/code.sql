SELECT code.connection_id, connection.app_id, code.family, code.redirect_uri, code.challenge, code.scopes,
    code.ends_at <= clock_timestamp() AS ended, code.used_at IS NOT NULL AS used,
    connection.revoked_at IS NOT NULL AS revoked
FROM apps.code JOIN apps.connection ON connection.id = code.connection_id WHERE code.code_hash = %(code_hash)s
