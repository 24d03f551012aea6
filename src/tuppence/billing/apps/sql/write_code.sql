INSERT INTO apps.code (code_hash, connection_id, family, redirect_uri, challenge, scopes, ends_at)
VALUES (%(code_hash)s, %(connection_id)s, %(family)s, %(redirect_uri)s, %(challenge)s, %(scopes)s::text[],
    clock_timestamp() + %(lasts)s::interval)
