UPDATE payments.card AS c
SET state = new.state, exp_month = new.exp_month, exp_year = new.exp_year
FROM unnest(%(id)s::uuid[], %(state)s::text[], %(exp_month)s::int[], %(exp_year)s::int[])
     AS new (id, state, exp_month, exp_year)
WHERE c.id = new.id
