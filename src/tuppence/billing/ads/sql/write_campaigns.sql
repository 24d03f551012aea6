-- Campaigns as they are wanted, or as usage leaves them.
INSERT INTO ads.campaign (
    id, account_id, name, running, budget_minor, daily_cap_minor, starts_at, ends_at, spent_minor, catch_up_minor,
    created_at
)
SELECT * FROM unnest(
    %(id)s::uuid[], %(account_id)s::uuid[], %(name)s::text[], %(running)s::boolean[], %(budget_minor)s::bigint[],
    %(daily_cap_minor)s::bigint[], %(starts_at)s::timestamptz[], %(ends_at)s::timestamptz[],
    %(spent_minor)s::bigint[], %(catch_up_minor)s::bigint[], %(created_at)s::timestamptz[]
)
ON CONFLICT (id) DO UPDATE
SET name = excluded.name, running = excluded.running, budget_minor = excluded.budget_minor,
    daily_cap_minor = excluded.daily_cap_minor, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
    spent_minor = excluded.spent_minor, catch_up_minor = excluded.catch_up_minor
