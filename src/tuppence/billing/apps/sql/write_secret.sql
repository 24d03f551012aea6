INSERT INTO apps.secret (secret_hash, app_id) VALUES (%(secret_hash)s, %(app_id)s)
