INSERT INTO payments.payout_destination (business_id, n, bank_id, at, good_at)
SELECT * FROM unnest(
    %(business_id)s::uuid[], %(n)s::int[], %(bank_id)s::uuid[], %(at)s::timestamptz[], %(good_at)s::timestamptz[]
)
