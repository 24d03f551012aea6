SELECT id, name, created_at FROM people.passkey WHERE person_id = %(person_id)s ORDER BY id
