SELECT id, business_id, kind, says, currency, per_charge_minor, per_period_minor, period_days, until, return_url, state,
    person_id, card_id, asked_at, decided_at, ended_at
FROM apps.customer_grant
WHERE business_id = %(business_id)s AND (%(before)s::uuid IS NULL OR id < %(before)s::uuid) ORDER BY id DESC LIMIT %(limit)s
