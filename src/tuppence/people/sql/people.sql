SELECT id, handle, name, locale, enabled, adult, created_at FROM people.person WHERE id = ANY(%(ids)s)
