INSERT INTO people.api_key (id, person_id, business_id, name, prefix, key_hash, scopes, api_version, expires_at)
SELECT id, person_id, business_id, name, prefix, key_hash, string_to_array(scopes, ','), api_version, expires_at
FROM unnest(%(id)s::uuid[], %(person_id)s::uuid[], %(business_id)s::uuid[], %(name)s::text[], %(prefix)s::text[],
    %(key_hash)s::bytea[], %(scopes)s::text[], %(api_version)s::text[], %(expires_at)s::timestamptz[])
    AS given (id, person_id, business_id, name, prefix, key_hash, scopes, api_version, expires_at)
ON CONFLICT (id) DO NOTHING RETURNING id
