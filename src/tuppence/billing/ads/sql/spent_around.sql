-- What an account spent lately, and in the week before.
SELECT coalesce(sum(spent_minor) FILTER (WHERE hour > %(since)s), 0)::bigint,
    coalesce(sum(spent_minor) FILTER (WHERE hour <= %(since)s), 0)::bigint
FROM ads.spend
WHERE account_id = %(account_id)s AND hour > %(before)s AND hour <= %(now)s
