INSERT INTO apps.customer_grant (id, business_id, kind, says, currency, per_charge_minor, per_period_minor, period_days,
    until, return_url, asked_at)
VALUES (%(id)s, %(business_id)s, %(kind)s, %(says)s, %(currency)s, %(per_charge_minor)s, %(per_period_minor)s,
    %(period_days)s, %(until)s, %(return_url)s, %(asked_at)s)
ON CONFLICT (id) DO NOTHING
