-- Events by id, with what was given back of each since.
SELECT e.account_id, e.id, e.campaign_id, e.kind, e.amount_minor, e.waived_minor, e.quantity, e.corrects, e.at,
    coalesce(back.minor, 0)::bigint AS given_back_minor
FROM unnest(%(account_id)s::uuid[], %(id)s::uuid[]) AS asked (account_id, id)
JOIN ads.event AS e ON e.account_id = asked.account_id AND e.id = asked.id
LEFT JOIN LATERAL (
    SELECT -sum(c.amount_minor) AS minor FROM ads.event AS c
    WHERE c.account_id = e.account_id AND c.corrects = e.id
) AS back ON true
