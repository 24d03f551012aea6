SELECT credential_id FROM people.passkey WHERE person_id = %(person_id)s ORDER BY id
