-- Should we die, it is looked at again when the lease is over.
WITH ready AS (
    SELECT id FROM outbox.endpoint
    WHERE state = 'enabled' AND look_at <= %(now)s AND rest_until <= %(now)s AND lease_until < %(now)s
    ORDER BY look_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE outbox.endpoint AS e SET lease = %(lease)s, lease_until = %(until)s, look_at = %(until)s
FROM ready WHERE e.id = ready.id
RETURNING e.id, e.business_id, e.url, e.scheme, e.api_version, e.failures, e.succeeded_at, e.lease
