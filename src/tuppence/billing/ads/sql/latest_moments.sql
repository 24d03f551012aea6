SELECT account_id, id, at, what, by_id, cycle_id, detail
FROM ads.moment WHERE account_id = %(account_id)s ORDER BY id DESC LIMIT %(limit)s
