SELECT id, rail, kind, subject, payment_id, account, amount_minor, currency, detail, opened_at, state, ended_at,
    ended_by, reason
FROM payments.break
WHERE id = ANY(%(ids)s)
ORDER BY id
FOR UPDATE
