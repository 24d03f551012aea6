INSERT INTO outbox.endpoint_secret (id, endpoint_id, sealed, public)
VALUES (%(id)s, %(endpoint_id)s, %(sealed)s, %(public)s)
