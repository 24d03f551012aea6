INSERT INTO apps.token (token_hash, kind, connection_id, family, scopes, ends_at)
VALUES (%(token_hash)s, %(kind)s, %(connection_id)s, %(family)s, %(scopes)s::text[],
    clock_timestamp() + %(lasts)s::interval)
