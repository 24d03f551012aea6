DELETE FROM people.passkey USING unnest(%(passkey_id)s::uuid[], %(person_id)s::uuid[]) AS given (passkey_id, person_id)
WHERE passkey.id = given.passkey_id AND passkey.person_id = given.person_id
RETURNING passkey.id
