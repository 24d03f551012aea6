INSERT INTO payments.clearing_line (
    rail, sequence, number, movement, reference, attempt_id, signed_minor, currency, fee_minor, stan, rrn, network_at,
    account
)
SELECT %(rail)s, %(sequence)s, * FROM unnest(
    %(number)s::int[], %(movement)s::text[], %(reference)s::text[], %(attempt_id)s::uuid[], %(signed_minor)s::bigint[],
    %(currency)s::text[], %(fee_minor)s::bigint[], %(stan)s::text[], %(rrn)s::text[], %(at)s::timestamptz[],
    %(account)s::text[]
)
