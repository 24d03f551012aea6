SELECT token, person_id, format, algorithm, kek_id, kek_version, wrapped_dek, nonce, ciphertext, fingerprint,
       brand, funding, last4, exp_month, exp_year, bank, country, can_fund, can_receive, fast_funds, regulated,
       kept, ticket_nonce, created_at, attach_by, stands_for
FROM vault.card
WHERE stands_for = ANY(%(tokens)s) AND deleted_at IS NULL
