DELETE FROM apps.code WHERE connection_id = %(connection_id)s AND ends_at < clock_timestamp() - interval '1 day'
