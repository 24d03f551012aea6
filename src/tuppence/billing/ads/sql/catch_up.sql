-- How much each campaign may spend beyond its daily cap: what the cap had room for while nothing could be delivered.
UPDATE ads.campaign AS c
SET catch_up_minor = CASE WHEN resumed.ticked THEN greatest(
        floor(c.daily_cap_minor * extract(epoch FROM resumed.until - resumed.since) / 86400) - (
            SELECT coalesce(sum(s.spent_minor), 0) FROM ads.spend AS s
            WHERE s.campaign_id = c.id AND s.hour >= resumed.since
        ), 0)::bigint ELSE 0 END
FROM unnest(%(account_id)s::uuid[], %(since)s::timestamptz[], %(until)s::timestamptz[], %(ticked)s::boolean[])
    AS resumed (account_id, since, until, ticked)
WHERE c.account_id = resumed.account_id AND c.daily_cap_minor IS NOT NULL AND c.running
