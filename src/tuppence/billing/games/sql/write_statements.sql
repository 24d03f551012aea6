INSERT INTO billing.game_statement (id, business_id, first_day, last_day, currency, net_minor, held_minor,
    release_on, released_by, released_minor, carried_in_minor, carried_out_minor, payout_minor, invoice_minor,
    negative_since, entries, closed_at, pay_on, state, reason, paid_minor, paid_currency, paid_rate, invoice_charge_id,
    invoice_paid_at)
SELECT id, business_id, first_day, last_day, currency, net_minor, held_minor, release_on, released_by,
    released_minor, carried_in_minor, carried_out_minor, payout_minor, invoice_minor, negative_since, entries,
    closed_at, pay_on, state, reason, paid_minor, paid_currency, paid_rate, invoice_charge_id, invoice_paid_at
FROM unnest(%(id)s::uuid[], %(business_id)s::uuid[], %(first_day)s::date[], %(last_day)s::date[],
    %(currency)s::text[], %(net_minor)s::bigint[], %(held_minor)s::bigint[], %(release_on)s::date[],
    %(released_by)s::uuid[], %(released_minor)s::bigint[], %(carried_in_minor)s::bigint[],
    %(carried_out_minor)s::bigint[], %(payout_minor)s::bigint[], %(invoice_minor)s::bigint[],
    %(negative_since)s::date[], %(entries)s::text[], %(closed_at)s::timestamptz[], %(pay_on)s::date[],
    %(state)s::text[], %(reason)s::text[], %(paid_minor)s::bigint[], %(paid_currency)s::text[], %(paid_rate)s::text[],
    %(invoice_charge_id)s::uuid[], %(invoice_paid_at)s::timestamptz[])
    AS given (id, business_id, first_day, last_day, currency, net_minor, held_minor, release_on, released_by, released_minor,
    carried_in_minor, carried_out_minor, payout_minor, invoice_minor, negative_since, entries, closed_at, pay_on, state,
    reason, paid_minor, paid_currency, paid_rate, invoice_charge_id, invoice_paid_at)
