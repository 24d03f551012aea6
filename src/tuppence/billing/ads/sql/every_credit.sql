SELECT id, account_id, why, code, amount_minor, left_minor, granted_at, expires_at
FROM ads.credit WHERE account_id = %(account_id)s ORDER BY expires_at, id
