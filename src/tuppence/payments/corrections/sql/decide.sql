UPDATE payments.correction AS c SET state = given.state, decided_by = given.person_id, decided_at = clock_timestamp()
FROM unnest(%(ids)s::uuid[], %(states)s::text[], %(people)s::uuid[]) AS given (id, state, person_id)
WHERE c.id = given.id AND c.state = 'proposed'
