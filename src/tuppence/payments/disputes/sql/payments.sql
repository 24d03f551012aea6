-- Payments as what may be disputed: what was given back of each stands in its disputes.
SELECT p.id, p.payer_id, p.payee_id, p.amount_minor, p.currency, p.created_at AS paid_at, p.state,
    coalesce((
        SELECT sum(CASE WHEN d.kind = 'chargeback' THEN d.amount_minor ELSE d.given_minor END)
        FROM payments.dispute AS d WHERE d.subject_id = p.id AND d.state <> 'won'
    ), 0)::bigint AS given_minor
FROM payments.payment AS p
WHERE p.id = ANY(%(ids)s)
