DELETE FROM people.session USING unnest(%(session_id)s::uuid[], %(person_id)s::uuid[]) AS given (session_id, person_id)
WHERE session.id = given.session_id AND session.person_id = given.person_id
RETURNING session.id
