-- What was used in a stretch of time, as it was written down, less what was given back and what is not charged.
SELECT l.campaign_id, c.name, coalesce(sum(l.quantity) FILTER (WHERE l.kind = 'usage'), 0)::bigint AS quantity,
    sum(l.amount_minor - l.waived_minor)::bigint AS amount_minor
FROM ads.posting AS p
JOIN ads.posted_line AS l ON l.posting_id = p.id
JOIN ads.campaign AS c ON c.id = l.campaign_id
WHERE p.account_id = %(account_id)s AND p.at >= %(begins_at)s AND p.at < %(ends_at)s
GROUP BY l.campaign_id, c.name ORDER BY amount_minor DESC, l.campaign_id
