SELECT
    id, account_id, purpose, payment_id, amount_minor, currency, receiver, sender, made_at, state, file_id, trace, routing,
    kind, sealed, return_code, returned_at
FROM payments.bank_entry
WHERE id = ANY(%(ids)s)
