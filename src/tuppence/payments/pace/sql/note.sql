INSERT INTO payments.posting (payment_id, bank, lag_days, promised_first, promised_last, at)
SELECT * FROM unnest(%(payment_id)s::uuid[], %(bank)s::text[], %(lag_days)s::int[], %(promised_first)s::int[],
    %(promised_last)s::int[], %(at)s::timestamptz[])
ON CONFLICT (payment_id) DO UPDATE SET (lag_days, at) = (excluded.lag_days, excluded.at)
