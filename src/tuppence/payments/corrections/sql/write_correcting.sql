INSERT INTO payments.correcting (id, correction_id, n, corrects, debit_account_id, credit_account_id, amount)
SELECT id, correction_id, n, corrects, debit_account_id, credit_account_id, amount
FROM unnest(%(id)s::uuid[], %(correction_id)s::uuid[], %(n)s::int[], %(corrects)s::uuid[], %(debit_account_id)s::uuid[],
    %(credit_account_id)s::uuid[], %(amount)s::bigint[])
    AS given (id, correction_id, n, corrects, debit_account_id, credit_account_id, amount)
