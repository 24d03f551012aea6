-- What we know of a payment that its payer's bank cannot know: who was asked, how it was proven, where it went.
SELECT p.id, p.created_at, p.amount_minor, p.currency, p.state, p.step_up_reason, p.proved_at, p.device_age,
    debit.approval, debit.rrn, debit.network_at, credit.trace AS credit_trace, credit.network_at AS credited_at,
    (SELECT count(*) FROM payments.payment AS q
     WHERE q.payer_id = p.payer_id AND q.payee_id = p.payee_id AND q.id <> p.id AND q.state IN ('credited', 'available')
       AND q.created_at < p.created_at) AS paid_before,
    (SELECT coalesce(sum(d.given_minor), 0)::bigint FROM payments.dispute AS d WHERE d.subject_id = p.id) AS given_minor
FROM payments.payment AS p
LEFT JOIN payments.attempt AS debit ON debit.payment_id = p.id AND debit.leg = 1 AND debit.fate = 'accepted'
LEFT JOIN LATERAL (
    SELECT a.trace, a.network_at FROM payments.attempt AS a
    WHERE a.payment_id = p.id AND a.leg = 2 AND a.fate = 'accepted' ORDER BY a.n DESC LIMIT 1
) AS credit ON true
WHERE p.id = ANY(%(ids)s)
UNION ALL
SELECT c.id, c.created_at, c.amount_minor, c.currency, c.state, NULL, NULL, NULL, a.approval, a.rrn, a.network_at, NULL, NULL,
    (SELECT count(*) FROM payments.charge AS q
     WHERE q.payer_id = c.payer_id AND q.business_id = c.business_id AND q.id <> c.id AND q.state = 'charged'
       AND q.created_at < c.created_at),
    c.refunded_minor
FROM payments.charge AS c
LEFT JOIN payments.charge_attempt AS a ON a.payment_id = c.id AND a.leg = 1 AND a.fate = 'accepted'
WHERE c.id = ANY(%(ids)s)
