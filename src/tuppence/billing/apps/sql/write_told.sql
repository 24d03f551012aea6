UPDATE apps.payment_told AS t SET version = given.version
FROM unnest(%(id)s::uuid[], %(version)s::int[]) AS given (id, version) WHERE t.payment_id = given.id
