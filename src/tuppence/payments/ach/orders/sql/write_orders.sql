UPDATE payments.bank_order AS o
SET state = new.state, tries = new.tries, return_code = new.return_code, first_settled_on = new.first_settled_on,
    settles_on = new.settles_on, clears_at = new.clears_at, updated_at = new.updated_at
FROM unnest(
    %(id)s::uuid[], %(state)s::text[], %(tries)s::int[], %(return_code)s::text[], %(first_settled_on)s::date[],
    %(settles_on)s::date[], %(clears_at)s::timestamptz[], %(updated_at)s::timestamptz[]
) AS new (id, state, tries, return_code, first_settled_on, settles_on, clears_at, updated_at)
WHERE o.id = new.id
