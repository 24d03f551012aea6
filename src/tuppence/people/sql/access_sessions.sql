SELECT id, person_id, device_id, device_name, device_since, transport, created_at, last_seen_at FROM people.session
WHERE person_id = %(person_id)s AND ends_at > clock_timestamp() AND last_seen_at > clock_timestamp() - idle
ORDER BY last_seen_at DESC
