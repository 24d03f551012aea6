SELECT account_id FROM ads.cycle WHERE id = %(id)s
