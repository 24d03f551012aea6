SELECT id, name, country, currency, zone, created_at FROM billing.business WHERE id = ANY(%(ids)s::uuid[])
