-- What campaigns spent in stretches of time.
SELECT asked.campaign_id, asked.begins_at, coalesce(sum(s.spent_minor), 0)::bigint AS spent_minor
FROM unnest(%(campaign_id)s::uuid[], %(begins_at)s::timestamptz[], %(ends_at)s::timestamptz[])
    AS asked (campaign_id, begins_at, ends_at)
LEFT JOIN ads.spend AS s
    ON s.campaign_id = asked.campaign_id AND s.hour >= asked.begins_at AND s.hour < asked.ends_at
GROUP BY 1, 2
