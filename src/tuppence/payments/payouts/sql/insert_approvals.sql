INSERT INTO payments.payout_approval (payout_id, bank_id, person_id, at)
SELECT * FROM unnest(%(payout_id)s::uuid[], %(bank_id)s::uuid[], %(person_id)s::uuid[], %(at)s::timestamptz[])
ON CONFLICT DO NOTHING
