SELECT id, handle, name FROM people.person WHERE id = ANY(%(ids)s)
