SELECT day, game_id, kind, count(*)::int AS count, currency, sum(amount_minor)::bigint AS amount_minor,
    sum(tax_minor)::bigint AS tax_minor, sum(fee_minor)::bigint AS fee_minor, sum(share_minor)::bigint AS share_minor,
    owed_currency, sum(owed_minor)::bigint AS owed_minor
FROM billing.game_entry
WHERE business_id = %(business_id)s AND day BETWEEN %(first)s::date AND %(last)s::date
GROUP BY day, game_id, kind, currency, owed_currency ORDER BY day, game_id, kind, currency
