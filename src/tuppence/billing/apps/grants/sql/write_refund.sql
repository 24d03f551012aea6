INSERT INTO apps.grant_refund (id, charge_id) VALUES (%(id)s, %(charge_id)s) ON CONFLICT (id) DO NOTHING
