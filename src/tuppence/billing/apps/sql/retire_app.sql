UPDATE apps.app SET retired_at = clock_timestamp() WHERE id = %(id)s AND retired_at IS NULL
