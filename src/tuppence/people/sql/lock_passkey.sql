SELECT id, person_id, public_key, sign_count FROM people.passkey WHERE credential_id = %(credential_id)s FOR UPDATE
