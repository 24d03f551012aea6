SELECT id, account_id, person_id, business_id, scope, payee, amount_minor, currency, version, language, words, session_id,
    agreed_at, revoked_at, revoked_by
FROM payments.bank_mandate
WHERE id = ANY(%(ids)s)
ORDER BY id
FOR UPDATE
