UPDATE apps.connection SET revoked_at = COALESCE(connection.revoked_at, clock_timestamp())
FROM unnest(%(ids)s::uuid[], %(people)s::uuid[]) AS given (id, person_id)
WHERE connection.id = given.id AND connection.person_id = given.person_id RETURNING connection.id
