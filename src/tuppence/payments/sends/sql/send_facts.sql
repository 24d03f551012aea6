-- What the rules must know about each ask, in the order asked. Run after the payers' wallets are locked.
SELECT
    coalesce(ask.card_id, payer.pays_card_id) AS card_id,
    receiving.fingerprint AS payee_fingerprint,
    CASE WHEN receiving.state = 'active' AND receiving.can_receive THEN receiving.fast_funds END AS payee_fast_funds,
    CASE WHEN receiving.state = 'active' AND receiving.can_receive AND NOT receiving.fast_funds
        THEN receiving.bank END AS payee_slow_bank,
    coalesce(account.state = 'active', false) AS payee_by_bank,
    coalesce(used.day_minor, 0) AS used_day_minor,
    coalesce(used.week_minor, 0) AS used_week_minor,
    used.day_from,
    used.week_from,
    EXISTS (
        SELECT FROM payments.payment AS p
        WHERE p.payer_id = ask.payer AND p.payee_id = ask.payee
          AND p.state IN ('crediting', 'credit_unknown', 'credited', 'available')
    ) AS paid_before,
    used.twin,
    coalesce(payer.paused, false) AS paused
FROM unnest(
    %(payer)s::uuid[], %(payee)s::uuid[], %(amount_minor)s::bigint[], %(currency)s::text[], %(card_id)s::uuid[]
) WITH ORDINALITY AS ask (payer, payee, amount_minor, currency, card_id, place)
LEFT JOIN payments.wallet AS payer ON payer.person_id = ask.payer
LEFT JOIN payments.wallet AS payee ON payee.person_id = ask.payee
LEFT JOIN payments.card AS receiving ON receiving.id = payee.receives_card_id
LEFT JOIN payments.bank_account AS account ON account.id = payee.receives_bank_id
LEFT JOIN LATERAL (
    SELECT
        (sum(p.amount_minor) FILTER (WHERE p.created_at > %(now)s::timestamptz - interval '1 day'))::bigint AS day_minor,
        sum(p.amount_minor)::bigint AS week_minor,
        min(p.created_at) FILTER (WHERE p.created_at > %(now)s::timestamptz - interval '1 day') AS day_from,
        min(p.created_at) AS week_from,
        (array_agg(p.id) FILTER (
            WHERE p.payee_id = ask.payee AND p.amount_minor = ask.amount_minor AND p.currency = ask.currency
              AND p.created_at > %(now)s::timestamptz - %(duplicate_seconds)s * interval '1 second'
        ))[1] AS twin
    FROM payments.payment AS p
    WHERE p.payer_id = ask.payer AND p.created_at > %(now)s::timestamptz - interval '7 days'
      AND p.state NOT IN ('debit_failed', 'returned', 'cancelled', 'abandoned')
) AS used ON true
ORDER BY ask.place
