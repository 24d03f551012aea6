INSERT INTO vault.card (
    token, person_id, format, algorithm, kek_id, kek_version, wrapped_dek, nonce, ciphertext, fingerprint,
    brand, funding, last4, exp_month, exp_year, bank, country, can_fund, can_receive, fast_funds, regulated,
    kept, ticket_nonce, created_at, attach_by
) VALUES (
    %(token)s, %(person_id)s, %(format)s, %(algorithm)s, %(kek_id)s, %(kek_version)s, %(wrapped_dek)s, %(nonce)s,
    %(ciphertext)s, %(fingerprint)s, %(brand)s, %(funding)s, %(last4)s, %(exp_month)s, %(exp_year)s, %(bank)s,
    %(country)s, %(can_fund)s, %(can_receive)s, %(fast_funds)s, %(regulated)s, %(kept)s, %(ticket_nonce)s,
    %(created_at)s, %(attach_by)s
)
