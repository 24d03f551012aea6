UPDATE vault.card SET kek_id = fresh.kek_id, kek_version = fresh.kek_version, wrapped_dek = fresh.wrapped_dek,
       nonce = fresh.nonce, ciphertext = fresh.ciphertext, fingerprint = fresh.fingerprint, last4 = fresh.last4,
       exp_month = fresh.exp_month, exp_year = fresh.exp_year, brand = fresh.brand, funding = fresh.funding,
       bank = fresh.bank, country = fresh.country, can_fund = fresh.can_fund, can_receive = fresh.can_receive,
       fast_funds = fresh.fast_funds, regulated = fresh.regulated, dek_at = %(now)s
FROM unnest(
    %(token)s::text[], %(was)s::bytea[], %(kek_id)s::text[], %(kek_version)s::int[], %(wrapped_dek)s::bytea[],
    %(nonce)s::bytea[], %(ciphertext)s::bytea[], %(fingerprint)s::bytea[], %(last4)s::text[], %(exp_month)s::int[],
    %(exp_year)s::int[], %(brand)s::text[], %(funding)s::text[], %(bank)s::text[], %(country)s::text[],
    %(can_fund)s::boolean[], %(can_receive)s::boolean[], %(fast_funds)s::boolean[], %(regulated)s::boolean[]
) AS fresh (token, was, kek_id, kek_version, wrapped_dek, nonce, ciphertext, fingerprint, last4, exp_month, exp_year,
    brand, funding, bank, country, can_fund, can_receive, fast_funds, regulated)
WHERE card.token = fresh.token AND card.wrapped_dek = fresh.was
