DELETE FROM people.challenge WHERE challenge = %(challenge)s
RETURNING ceremony, person_id, session_id, purpose, digest, expires_at > clock_timestamp() AS fresh
