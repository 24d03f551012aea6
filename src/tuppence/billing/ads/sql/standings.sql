-- Accounts with sums that must agree.
SELECT a.id, a.currency, a.money_minor,
    (SELECT coalesce(sum(e.amount_minor - e.waived_minor), 0)::bigint FROM ads.event AS e WHERE e.account_id = a.id)
        AS spent_events_minor,
    (SELECT coalesce(sum(c.spent_minor), 0)::bigint FROM ads.campaign AS c WHERE c.account_id = a.id)
        AS spent_campaigns_minor,
    (SELECT coalesce(sum(c.left_minor), 0)::bigint FROM ads.credit AS c WHERE c.account_id = a.id)
        AS credits_left_minor,
    (SELECT coalesce(sum(c.amount_minor), 0)::bigint FROM ads.credit AS c WHERE c.account_id = a.id)
        - (SELECT coalesce(sum(d.amount_minor), 0)::bigint FROM ads.draw AS d JOIN ads.credit AS c ON c.id = d.credit_id
            WHERE c.account_id = a.id) AS credits_drawn_minor
FROM ads.account AS a WHERE a.id > %(after)s ORDER BY a.id LIMIT %(limit)s
