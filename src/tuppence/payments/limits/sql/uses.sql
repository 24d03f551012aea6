-- Room that is taken: what these people sent within the longest window, unless nothing came of it.
SELECT payer_id AS person_id, amount_minor, created_at AS at
FROM payments.payment
WHERE payer_id = ANY(%(people)s) AND created_at > %(since)s
  AND state NOT IN ('debit_failed', 'returned', 'cancelled', 'abandoned')
