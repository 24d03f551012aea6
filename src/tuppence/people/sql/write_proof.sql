INSERT INTO people.proof (session_id, purpose, digest, method)
SELECT id, %(purpose)s, %(digest)s, %(method)s FROM people.session
WHERE id = %(session_id)s AND person_id = %(person_id)s
ON CONFLICT (session_id, purpose) DO UPDATE
SET digest = excluded.digest, method = excluded.method, proven_at = clock_timestamp()
