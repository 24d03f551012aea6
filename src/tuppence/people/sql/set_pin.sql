INSERT INTO people.pin (person_id, hash) VALUES (%(person_id)s, %(hash)s)
ON CONFLICT (person_id) DO UPDATE SET hash = excluded.hash, tries = 0, locks = 0, locked_until = '-infinity'
