UPDATE apps.grant_refund SET told = given.state
FROM unnest(%(ids)s::uuid[], %(states)s::text[]) AS given (id, state)
WHERE grant_refund.id = given.id AND told IS DISTINCT FROM given.state RETURNING grant_refund.id
