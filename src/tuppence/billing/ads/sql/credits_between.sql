SELECT coalesce(sum(credits_minor), 0)::bigint FROM ads.posting
WHERE account_id = %(account_id)s AND at >= %(begins_at)s AND at < %(ends_at)s
