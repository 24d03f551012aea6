-- Accounts as a step leaves them; what is fixed when they are made is not set again.
INSERT INTO ads.account (
    id, business_id, name, currency, zone, bill_day, created_at, created_by, state, way, rung, rung_since,
    clean_cycles, is_manual, own_threshold_minor, credit_line_minor, spend_cap_minor, spent_minor, money_minor,
    catch_up, hold, held_at, held_why, changed_at, delivery, delivery_at, billed_to, version, updated_at
)
SELECT * FROM unnest(
    %(id)s::uuid[], %(business_id)s::uuid[], %(name)s::text[], %(currency)s::text[], %(zone)s::text[],
    %(bill_day)s::int[], %(created_at)s::timestamptz[], %(created_by)s::uuid[], %(state)s::text[], %(way)s::text[],
    %(rung)s::int[], %(rung_since)s::timestamptz[], %(clean_cycles)s::int[], %(is_manual)s::boolean[],
    %(own_threshold_minor)s::bigint[], %(credit_line_minor)s::bigint[], %(spend_cap_minor)s::bigint[],
    %(spent_minor)s::bigint[], %(money_minor)s::bigint[], %(catch_up)s::boolean[], %(hold)s::text[],
    %(held_at)s::timestamptz[], %(held_why)s::jsonb[], %(changed_at)s::timestamptz[], %(delivery)s::text[],
    %(delivery_at)s::timestamptz[], %(billed_to)s::jsonb[], %(version)s::int[], %(updated_at)s::timestamptz[]
)
ON CONFLICT (id) DO UPDATE
SET name = excluded.name, state = excluded.state, way = excluded.way, rung = excluded.rung,
    rung_since = excluded.rung_since,
    clean_cycles = excluded.clean_cycles, is_manual = excluded.is_manual,
    own_threshold_minor = excluded.own_threshold_minor, credit_line_minor = excluded.credit_line_minor,
    spend_cap_minor = excluded.spend_cap_minor, spent_minor = excluded.spent_minor, money_minor = excluded.money_minor,
    catch_up = excluded.catch_up, hold = excluded.hold, held_at = excluded.held_at, held_why = excluded.held_why,
    changed_at = excluded.changed_at, delivery = excluded.delivery, delivery_at = excluded.delivery_at,
    billed_to = excluded.billed_to, version = excluded.version, updated_at = excluded.updated_at
