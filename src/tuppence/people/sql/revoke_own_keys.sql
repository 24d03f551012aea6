UPDATE people.api_key AS k SET revoked_at = least(k.revoked_at, clock_timestamp())
FROM unnest(%(business_ids)s::uuid[], %(ids)s::uuid[]) AS given (business_id, id)
WHERE k.id = given.id AND k.business_id = given.business_id RETURNING k.id
