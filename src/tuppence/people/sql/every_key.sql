SELECT k.key_hash, k.id, k.person_id, k.business_id, p.handle, k.name, k.prefix, k.scopes, k.api_version, k.created_at, k.expires_at,
    k.last_used_at, k.revoked_at
FROM people.api_key AS k JOIN people.person AS p ON p.id = k.person_id ORDER BY k.created_at DESC
