UPDATE outbox.endpoint SET look_at = least(look_at, clock_timestamp()) WHERE id = %(endpoint_id)s
