SELECT id, name, number, made_at, settles_on, same_day, entries, credit_minor, debit_minor, currency, state, sha256,
    reason, settled_on
FROM payments.bank_file
WHERE name = ANY(%(names)s)
ORDER BY id
FOR UPDATE
