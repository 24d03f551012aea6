SELECT
    id, account_id, purpose, payment_id, amount_minor, currency, receiver, sender, made_at, sec, description, direction,
    clearing, recurring, order_id, state, file_id, trace, routing, kind, sealed, return_code, returned_at, return_file
FROM payments.bank_entry
WHERE file_id = ANY(%(files)s)
ORDER BY trace
