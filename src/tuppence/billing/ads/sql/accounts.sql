SELECT id, business_id, name, currency, zone, bill_day, created_at, created_by, state, way, rung, rung_since,
    clean_cycles, is_manual,
    own_threshold_minor, credit_line_minor, spend_cap_minor, spent_minor, money_minor, catch_up, hold, held_at,
    held_why,
    changed_at, delivery, delivery_at, billed_to, version, updated_at
FROM ads.account WHERE id = ANY(%(ids)s::uuid[]) ORDER BY id
