-- What the score of each payment is made of, over the day before it was made, itself included. What was cancelled or
-- given up before anything was asked of a bank does not count; what a bank refused does.
SELECT p.id AS payment_id, p.amount_minor,
    NOT EXISTS (
        SELECT FROM payments.payment AS q
        WHERE q.payer_id = p.payer_id AND q.payee_id = p.payee_id AND q.id <> p.id
          AND q.state IN ('crediting', 'credit_unknown', 'credited', 'available')
    ) AS new_payee,
    p.device_age,
    day.count AS day_count, day.minor AS day_minor, day.cards AS day_cards,
    (
        SELECT coalesce(sum(r.amount_minor), 0)::bigint FROM payments.payment AS r
        WHERE r.payee_id = p.payer_id AND r.payer_id <> p.payee_id AND r.revealed AND r.state IN ('credited', 'available')
          AND r.created_at > p.created_at - interval '1 day' AND r.created_at <= p.created_at
    ) AS received_minor
FROM payments.payment AS p
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE d.state <> 'debit_failed') AS count,
        coalesce(sum(d.amount_minor) FILTER (WHERE d.state <> 'debit_failed'), 0)::bigint AS minor,
        count(DISTINCT card.fingerprint) AS cards
    FROM payments.payment AS d
    JOIN payments.card AS card ON card.id = d.funding_card_id
    WHERE d.payer_id = p.payer_id AND d.state NOT IN ('cancelled', 'abandoned')
      AND d.created_at > p.created_at - interval '1 day' AND d.created_at <= p.created_at
) AS day
WHERE p.id = ANY(%(ids)s)
