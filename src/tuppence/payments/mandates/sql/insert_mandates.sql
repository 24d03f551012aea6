INSERT INTO payments.bank_mandate (
    id, account_id, person_id, business_id, scope, payee, amount_minor, currency, version, language, words, session_id,
    agreed_at
)
SELECT * FROM unnest(
    %(id)s::uuid[], %(account_id)s::uuid[], %(person_id)s::uuid[], %(business_id)s::uuid[], %(scope)s::text[],
    %(payee)s::text[], %(amount_minor)s::bigint[], %(currency)s::text[], %(version)s::text[], %(language)s::text[],
    %(words)s::text[], %(session_id)s::uuid[], %(agreed_at)s::timestamptz[]
)
