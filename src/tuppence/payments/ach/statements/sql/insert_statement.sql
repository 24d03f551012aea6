INSERT INTO payments.bank_statement (id, on_date, opening_minor, closing_minor, currency, read_at)
VALUES (%(id)s, %(on_date)s, %(opening_minor)s, %(closing_minor)s, %(currency)s, %(at)s)
ON CONFLICT DO NOTHING
