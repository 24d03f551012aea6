-- What took the money of each payment.
SELECT payment_id, id, card_id FROM payments.attempt
WHERE payment_id = ANY(%(ids)s) AND leg = 1 AND fate = 'accepted'
