UPDATE billing.game_refund AS r SET state = given.state
FROM unnest(%(id)s::uuid[], %(state)s::text[]) AS given (id, state) WHERE r.id = given.id AND r.state = 'refunding'
