-- Charges as what may be disputed: what businesses gave back is no longer owed, nor what a bank took.
SELECT c.id, c.payer_id, c.business_id, c.owner, c.amount_minor, c.currency, c.created_at AS paid_at, c.state,
    (c.refunding_minor + c.refunded_minor + coalesce((
        SELECT sum(d.amount_minor) FROM payments.dispute AS d
        WHERE d.subject_id = c.id AND d.kind = 'chargeback' AND d.state <> 'won'
    ), 0))::bigint AS given_minor
FROM payments.charge AS c
WHERE c.id = ANY(%(ids)s)
