-- Where businesses are paid now.
SELECT DISTINCT ON (business_id) business_id, n, bank_id, at, good_at
FROM payments.payout_destination
WHERE business_id = ANY(%(businesses)s)
ORDER BY business_id, n DESC
