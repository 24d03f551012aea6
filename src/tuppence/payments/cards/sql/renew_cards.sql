UPDATE payments.card AS c
SET state = new.state, brand = new.brand, funding = new.funding, last4 = new.last4, exp_month = new.exp_month,
    exp_year = new.exp_year, bank = new.bank, can_fund = new.can_fund, can_receive = new.can_receive,
    fast_funds = new.fast_funds, fingerprint = new.fingerprint, regulated = new.regulated
FROM unnest(%(id)s::uuid[], %(state)s::text[], %(brand)s::text[], %(funding)s::text[], %(last4)s::text[],
         %(exp_month)s::int[], %(exp_year)s::int[], %(bank)s::text[], %(can_fund)s::boolean[],
         %(can_receive)s::boolean[], %(fast_funds)s::boolean[], %(fingerprint)s::text[], %(regulated)s::boolean[])
     AS new (id, state, brand, funding, last4, exp_month, exp_year, bank, can_fund, can_receive, fast_funds,
         fingerprint, regulated)
WHERE c.id = new.id
