SELECT session.token_hash, session.id, session.person_id, session.device_id, session.device_name, session.device_since,
    session.transport, session.created_at, session.last_seen_at
FROM people.session JOIN people.person ON person.id = session.person_id AND person.enabled
WHERE session.token_hash = ANY(%(hashes)s)
    AND session.ends_at > clock_timestamp() AND session.last_seen_at > clock_timestamp() - session.idle
