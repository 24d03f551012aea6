-- Kept cards without a network token that the network was not asked about lately, marked as asked.
UPDATE vault.card AS c SET asked_at = %(now)s
FROM (
    SELECT token FROM vault.card AS w
    WHERE w.stands_for IS NULL AND w.kept AND w.attach_by IS NULL AND w.deleted_at IS NULL
      AND (w.asked_at IS NULL OR w.asked_at < %(before)s)
      AND NOT EXISTS (SELECT FROM vault.card AS s WHERE s.stands_for = w.token AND s.deleted_at IS NULL)
    ORDER BY w.asked_at NULLS FIRST
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED
) AS wanted
WHERE c.token = wanted.token
RETURNING c.token, c.person_id, c.format, c.algorithm, c.kek_id, c.kek_version, c.wrapped_dek, c.nonce, c.ciphertext,
    c.fingerprint, c.brand, c.funding, c.last4, c.exp_month, c.exp_year, c.bank, c.country, c.can_fund, c.can_receive,
    c.fast_funds, c.regulated, c.kept, c.ticket_nonce, c.created_at, c.attach_by
