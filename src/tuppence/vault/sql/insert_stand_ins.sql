-- Beside cards that are still there: what a card is, its network token is too. The cards are locked.
INSERT INTO vault.card (
    token, stands_for, person_id, format, algorithm, kek_id, kek_version, wrapped_dek, nonce, ciphertext, fingerprint,
    brand, funding, last4, exp_month, exp_year, bank, country, can_fund, can_receive, fast_funds, regulated,
    kept, ticket_nonce, created_at
)
SELECT new.token, c.token, c.person_id, c.format, c.algorithm, new.kek_id, new.kek_version, new.wrapped_dek, new.nonce,
    new.ciphertext, new.fingerprint, c.brand, c.funding, new.last4, new.exp_month, new.exp_year, c.bank, c.country,
    c.can_fund, c.can_receive, c.fast_funds, c.regulated, true, new.token, %(now)s
FROM unnest(
    %(token)s::text[], %(stands_for)s::text[], %(kek_id)s::text[], %(kek_version)s::int[], %(wrapped_dek)s::bytea[],
    %(nonce)s::bytea[], %(ciphertext)s::bytea[], %(fingerprint)s::bytea[], %(last4)s::text[], %(exp_month)s::int[],
    %(exp_year)s::int[]
) AS new (token, stands_for, kek_id, kek_version, wrapped_dek, nonce, ciphertext, fingerprint, last4, exp_month,
    exp_year)
JOIN vault.card AS c ON c.token = new.stands_for AND c.deleted_at IS NULL
ON CONFLICT (stands_for) WHERE stands_for IS NOT NULL AND deleted_at IS NULL DO NOTHING
RETURNING token
