SELECT sealed FROM outbox.endpoint_secret WHERE endpoint_id = %(endpoint_id)s AND ends_at > clock_timestamp()
ORDER BY created_at DESC
