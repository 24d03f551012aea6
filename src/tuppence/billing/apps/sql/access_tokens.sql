SELECT token.token_hash, connection.id AS connection_id, connection.app_id, app.name AS app_name, app.api_version, connection.person_id,
    token.scopes, connection.device_since, connection.created_at, connection.last_used_at, token.ends_at
FROM apps.token
    JOIN apps.connection ON connection.id = token.connection_id AND connection.revoked_at IS NULL
    JOIN apps.app ON app.id = connection.app_id AND app.retired_at IS NULL
    JOIN people.person ON person.id = connection.person_id AND person.enabled
WHERE token.token_hash = ANY(%(hashes)s::bytea[]) AND token.kind = 'access' AND token.ends_at > clock_timestamp()
