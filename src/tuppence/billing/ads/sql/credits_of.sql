SELECT id, account_id, why, code, amount_minor, left_minor, granted_at, expires_at
FROM ads.credit
WHERE account_id = ANY(%(accounts)s::uuid[]) AND expires_at > %(now)s
ORDER BY account_id, expires_at, id
