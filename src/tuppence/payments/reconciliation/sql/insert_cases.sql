INSERT INTO payments.clearing_case (
    rail, sequence, number, word, case_number, reference, dispute_id, signed_minor, currency
)
SELECT %(rail)s, %(sequence)s, * FROM unnest(
    %(number)s::int[], %(word)s::text[], %(case_number)s::text[], %(reference)s::text[], %(dispute_id)s::uuid[],
    %(signed_minor)s::bigint[], %(currency)s::text[]
)
