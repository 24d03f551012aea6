-- Oldest first: a card that is not kept serves what waited longest.
SELECT id AS payment_id, payee_id AS person_id, state, created_at FROM payments.payment
WHERE state = 'awaiting_recipient' AND payee_id = ANY(%(people)s)
UNION ALL
SELECT id AS payment_id, payer_id AS person_id, state, created_at FROM payments.payment
WHERE state = 'parked' AND payer_id = ANY(%(people)s)
ORDER BY created_at, payment_id
