-- Trace numbers come round again after ten million: the newest entry is meant.
SELECT
    id, account_id, purpose, payment_id, amount_minor, currency, receiver, sender, made_at, sec, description, direction,
    clearing, recurring, order_id, state, file_id, trace, routing, kind, sealed, return_code, returned_at, return_file
FROM payments.bank_entry
WHERE trace = ANY(%(traces)s)
ORDER BY made_at, id
FOR UPDATE
