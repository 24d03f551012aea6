SELECT id, rail, kind, subject, payment_id, account, amount_minor, currency, detail, opened_at, state, ended_at,
    ended_by, reason
FROM payments.break
WHERE %(ended)s OR state = 'open'
ORDER BY opened_at, id
