SELECT business_id, n, bank_id, at, good_at
FROM payments.payout_destination
WHERE business_id = %(business_id)s
ORDER BY n DESC
