SELECT payout_id, bank_id, person_id, at
FROM payments.payout_approval
WHERE payout_id = ANY(%(payouts)s)
ORDER BY payout_id, at, person_id
