UPDATE payments.card AS c
SET state = new.state, can_receive = new.can_receive
FROM unnest(%(id)s::uuid[], %(state)s::text[], %(can_receive)s::boolean[]) AS new (id, state, can_receive)
WHERE c.id = new.id
