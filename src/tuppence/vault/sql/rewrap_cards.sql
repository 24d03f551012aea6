UPDATE vault.card SET kek_id = fresh.kek_id, kek_version = fresh.kek_version, wrapped_dek = fresh.wrapped_dek
FROM unnest(%(token)s::text[], %(was)s::bytea[], %(kek_id)s::text[], %(kek_version)s::int[], %(wrapped_dek)s::bytea[])
     AS fresh (token, was, kek_id, kek_version, wrapped_dek)
WHERE card.token = fresh.token AND card.wrapped_dek = fresh.was
RETURNING card.token
