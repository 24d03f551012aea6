INSERT INTO payments.bank_received (sha256, name, received_at) VALUES (%(sha256)s, %(name)s, %(at)s)
ON CONFLICT DO NOTHING
