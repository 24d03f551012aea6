-- What bills say of each campaign, the dearest first.
SELECT p.cycle_id, l.campaign_id, c.name, l.kind, sum(l.quantity)::bigint AS quantity,
    sum(l.amount_minor)::bigint AS amount_minor, sum(l.waived_minor)::bigint AS waived_minor
FROM ads.posting AS p
JOIN ads.posted_line AS l ON l.posting_id = p.id
JOIN ads.campaign AS c ON c.id = l.campaign_id
WHERE p.cycle_id = ANY(%(ids)s::uuid[])
GROUP BY p.cycle_id, l.campaign_id, c.name, l.kind
ORDER BY p.cycle_id, amount_minor DESC, l.campaign_id, l.kind
