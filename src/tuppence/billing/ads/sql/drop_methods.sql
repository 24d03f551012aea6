DELETE FROM ads.method WHERE account_id = %(account_id)s
