INSERT INTO ads.spend (campaign_id, hour, account_id, spent_minor, quantity)
SELECT * FROM unnest(
    %(campaign_id)s::uuid[], %(hour)s::timestamptz[], %(account_id)s::uuid[], %(spent_minor)s::bigint[],
    %(quantity)s::bigint[]
)
ON CONFLICT (campaign_id, hour) DO UPDATE
SET spent_minor = ads.spend.spent_minor + excluded.spent_minor, quantity = ads.spend.quantity + excluded.quantity
