SELECT app_id FROM apps.secret
WHERE secret_hash = %(secret_hash)s AND app_id = %(app_id)s AND ends_at > clock_timestamp()
