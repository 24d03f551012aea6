SELECT id, account_id, name, running, budget_minor, daily_cap_minor, starts_at, ends_at, spent_minor, catch_up_minor,
    created_at
FROM ads.campaign WHERE id = ANY(%(ids)s::uuid[]) ORDER BY id
