INSERT INTO people.passkey (id, person_id, credential_id, public_key, sign_count, name)
VALUES (%(id)s, %(person_id)s, %(credential_id)s, %(public_key)s, %(sign_count)s, %(name)s)
ON CONFLICT (credential_id) DO NOTHING
RETURNING id, name, created_at
