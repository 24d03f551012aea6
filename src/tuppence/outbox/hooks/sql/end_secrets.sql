-- The three newest sign on until then, or until they were to end: a rotation repeated because its answer was lost must
-- not end the secret that receivers still hold. What is older than those ends now, so that signatures stay few.
UPDATE outbox.endpoint_secret
SET ends_at = least(ends_at, CASE WHEN id IN (
    SELECT id FROM outbox.endpoint_secret
    WHERE endpoint_id = %(endpoint_id)s AND ends_at > clock_timestamp()
    ORDER BY created_at DESC, id DESC LIMIT 3
) THEN %(at)s ELSE clock_timestamp() END)
WHERE endpoint_id = %(endpoint_id)s
