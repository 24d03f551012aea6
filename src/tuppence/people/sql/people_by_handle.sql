SELECT id, handle, name FROM people.person WHERE handle = ANY(%(handles)s) AND enabled
