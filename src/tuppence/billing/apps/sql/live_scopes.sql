SELECT unnest(scopes) FROM apps.connection
WHERE app_id = %(app_id)s AND person_id = %(person_id)s AND revoked_at IS NULL
