WITH swept AS (
    DELETE FROM people.challenge WHERE challenge IN (
        SELECT challenge FROM people.challenge WHERE expires_at < clock_timestamp()
        ORDER BY expires_at LIMIT 100 FOR UPDATE SKIP LOCKED
    )
)
INSERT INTO people.challenge (challenge, ceremony, person_id, session_id, purpose, digest, expires_at)
VALUES (%(challenge)s, %(ceremony)s, %(person_id)s, %(session_id)s, %(purpose)s, %(digest)s,
    clock_timestamp() + make_interval(secs => %(seconds)s))
