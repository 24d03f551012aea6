DELETE FROM people.session USING unnest(%(token_hash)s::bytea[], %(person_id)s::uuid[]) AS given (token_hash, person_id)
WHERE session.token_hash = given.token_hash AND session.person_id = given.person_id
RETURNING session.id, session.token_hash, session.device_id, session.device_since
