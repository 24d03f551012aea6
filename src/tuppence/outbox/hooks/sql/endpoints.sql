SELECT e.id, e.business_id, e.url, e.description, e.types, e.scheme, e.api_version, e.state, e.why, e.created_at,
    e.failures, e.succeeded_at, nullif(e.rest_until, '-infinity') AS rest_until,
    ARRAY(SELECT s.public FROM outbox.endpoint_secret AS s
        WHERE s.endpoint_id = e.id AND s.public IS NOT NULL AND s.ends_at > clock_timestamp()
        ORDER BY s.created_at DESC) AS public_keys
FROM outbox.endpoint AS e
WHERE e.business_id = %(business_id)s AND e.state <> 'removed' AND (%(id)s::uuid IS NULL OR e.id = %(id)s)
ORDER BY e.created_at, e.id
