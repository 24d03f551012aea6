UPDATE apps.secret SET ends_at = LEAST(ends_at, clock_timestamp() + %(overlap)s::interval) WHERE app_id = %(app_id)s
