SELECT k.key_hash, k.id, k.person_id, k.business_id, p.handle, k.name, k.prefix, k.scopes, k.api_version, k.created_at, k.expires_at,
    k.last_used_at, k.revoked_at
FROM people.api_key AS k JOIN people.person AS p ON p.id = k.person_id AND (p.enabled OR k.business_id IS NOT NULL)
WHERE k.key_hash = ANY(%(hashes)s::bytea[]) AND (k.revoked_at IS NULL OR k.revoked_at > clock_timestamp())
    AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())
