SELECT given.day::date AS day, count(e.id) FILTER (WHERE e.kind = 'sale')::int AS sales,
    coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'sale'), 0)::bigint AS gross_minor,
    coalesce(sum(e.tax_minor), 0)::bigint AS tax_minor, coalesce(sum(e.fee_minor), 0)::bigint AS fee_minor,
    coalesce(-sum(e.amount_minor) FILTER (WHERE e.kind = 'refund'), 0)::bigint AS refunded_minor,
    coalesce(-sum(e.amount_minor) FILTER (WHERE e.kind IN ('chargeback', 'chargeback_reversed')), 0)::bigint
        AS charged_back_minor,
    coalesce(sum(e.owed_minor) FILTER (WHERE e.kind <> 'invoice_paid'), 0)::bigint AS net_minor
FROM generate_series(%(today)s::date - %(days)s::int + 1, %(today)s::date, interval '1 day') AS given (day)
    LEFT JOIN billing.game_entry AS e ON e.business_id = %(business_id)s AND e.day = given.day::date
GROUP BY given.day ORDER BY given.day
