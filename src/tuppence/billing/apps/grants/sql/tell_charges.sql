UPDATE apps.grant_charge SET told = given.state
FROM unnest(%(ids)s::uuid[], %(states)s::text[]) AS given (id, state)
WHERE grant_charge.id = given.id AND told IS DISTINCT FROM given.state RETURNING grant_charge.id
