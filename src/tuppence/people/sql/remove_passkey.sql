DELETE FROM people.passkey WHERE id = %(id)s AND person_id = %(person_id)s
