SELECT r.payment_id, p.amount_minor, p.currency, r.score, r.reasons, r.opened_at, r.decision, r.decided_at, r.decided_by,
    r.reason
FROM payments.review AS r
JOIN payments.payment AS p ON p.id = r.payment_id
WHERE %(decided)s OR r.decision IS NULL
ORDER BY r.opened_at, r.payment_id
