INSERT INTO apps.connection (id, app_id, person_id, scopes, device_since)
VALUES (%(id)s, %(app_id)s, %(person_id)s, %(scopes)s::text[], %(device_since)s)
ON CONFLICT (app_id, person_id) WHERE revoked_at IS NULL
DO UPDATE SET scopes = EXCLUDED.scopes, device_since = LEAST(connection.device_since, EXCLUDED.device_since)
RETURNING id
