SELECT id, business_id, kind, says, currency, per_charge_minor, per_period_minor, period_days, until, return_url, state,
    person_id, card_id, asked_at, decided_at, ended_at
FROM apps.customer_grant WHERE person_id = %(person_id)s AND state = 'live' ORDER BY decided_at DESC
