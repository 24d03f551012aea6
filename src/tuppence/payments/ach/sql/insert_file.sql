INSERT INTO payments.bank_file (
    id, name, number, made_at, settles_on, same_day, entries, credit_minor, debit_minor, currency, state
)
SELECT * FROM unnest(
    %(id)s::uuid[], %(name)s::text[], %(number)s::int[], %(made_at)s::timestamptz[], %(settles_on)s::date[],
    %(same_day)s::boolean[], %(entries)s::int[], %(credit_minor)s::bigint[], %(debit_minor)s::bigint[],
    %(currency)s::text[], %(state)s::text[]
)
