SELECT token, person_id, format, algorithm, kek_id, kek_version, wrapped_dek, nonce, ciphertext, fingerprint,
       brand, funding, last4, exp_month, exp_year, bank, country, can_fund, can_receive, fast_funds, regulated,
       kept, ticket_nonce, created_at, attach_by
FROM vault.card
WHERE deleted_at IS NULL AND COALESCE(dek_at, created_at) < %(before)s AND token > %(beyond)s
ORDER BY token
LIMIT %(most)s
