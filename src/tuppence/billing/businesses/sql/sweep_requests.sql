DELETE FROM billing.request WHERE at < clock_timestamp() - make_interval(days => %(days)s)
