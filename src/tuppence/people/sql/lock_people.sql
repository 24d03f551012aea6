SELECT id FROM people.person WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE
