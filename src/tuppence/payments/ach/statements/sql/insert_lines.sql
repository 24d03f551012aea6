INSERT INTO payments.bank_line (statement_id, number, kind, about, amount_minor, matched)
SELECT * FROM unnest(
    %(statement_id)s::text[], %(number)s::int[], %(kind)s::text[], %(about)s::text[], %(amount_minor)s::bigint[],
    %(matched)s::boolean[]
)
