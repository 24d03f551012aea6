SELECT connection.id, connection.app_id, app.name AS app_name, app.home_url, app.business_id, connection.scopes,
    connection.created_at, connection.last_used_at
FROM apps.connection JOIN apps.app ON app.id = connection.app_id
WHERE connection.person_id = %(person_id)s AND connection.revoked_at IS NULL ORDER BY connection.created_at DESC
