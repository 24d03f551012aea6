UPDATE vault.card SET kek_version = fresh.kek_version, wrapped_dek = fresh.wrapped_dek
FROM unnest(%(token)s::text[], %(kek_version)s::int[], %(wrapped_dek)s::bytea[]) AS fresh (token, kek_version, wrapped_dek)
WHERE card.token = fresh.token
