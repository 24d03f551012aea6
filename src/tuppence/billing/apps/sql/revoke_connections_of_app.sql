UPDATE apps.connection SET revoked_at = clock_timestamp() WHERE app_id = %(app_id)s AND revoked_at IS NULL
