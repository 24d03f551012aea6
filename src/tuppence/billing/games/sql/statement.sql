SELECT id, business_id, first_day, last_day, currency, net_minor, held_minor, release_on, released_by, released_minor,
    carried_in_minor, carried_out_minor, payout_minor, invoice_minor, negative_since, entries, closed_at, pay_on, state, reason,
    paid_minor, paid_currency, paid_rate, invoice_charge_id, invoice_paid_at
FROM billing.game_statement WHERE id = %(id)s
