SELECT (hour AT TIME ZONE %(zone)s)::date AS day, campaign_id, sum(spent_minor)::bigint AS spent_minor,
    sum(quantity)::bigint AS quantity
FROM ads.spend
WHERE account_id = %(account_id)s AND hour >= %(begins_at)s AND hour < %(ends_at)s
GROUP BY 1, 2 ORDER BY 1, 2
