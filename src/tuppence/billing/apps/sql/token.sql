SELECT token.kind, token.connection_id, connection.app_id, connection.person_id, token.family, token.scopes,
    token.ends_at, token.ends_at <= clock_timestamp() AS ended, token.used_at IS NOT NULL AS used,
    connection.revoked_at IS NOT NULL AS revoked
FROM apps.token JOIN apps.connection ON connection.id = token.connection_id WHERE token.token_hash = %(token_hash)s
