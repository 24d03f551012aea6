INSERT INTO apps.grant_charge (id, grant_id, amount_minor, at) VALUES (%(id)s, %(grant_id)s, %(amount_minor)s, %(at)s)
ON CONFLICT (id) DO NOTHING
