DELETE FROM apps.token WHERE connection_id = %(connection_id)s AND ends_at < clock_timestamp()
