INSERT INTO apps.bubble (ticket_hash, connection_id, payment_id, ends_at)
VALUES (%(ticket_hash)s, %(connection_id)s, %(payment_id)s, clock_timestamp() + %(lasts)s::interval)
RETURNING ends_at
