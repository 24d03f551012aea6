UPDATE billing.game_bundle AS b SET state = given.state
FROM unnest(%(id)s::uuid[], %(state)s::text[]) AS given (id, state) WHERE b.id = given.id
