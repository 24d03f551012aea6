SELECT
    id, person_id, routing, bank, kind, holder, last4, sealed, fingerprint, state, reason, tries_left, deposit_1_minor,
    deposit_2_minor, deposits_by, expires_at, created_at, updated_at, debits_from
FROM payments.bank_account
WHERE person_id = ANY(%(people)s)
ORDER BY created_at, id
