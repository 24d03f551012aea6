-- A card that is not kept is for one payment.
UPDATE payments.card AS c
SET used_by = new.payment_id
FROM unnest(%(card_id)s::uuid[], %(payment_id)s::uuid[]) AS new (card_id, payment_id)
WHERE c.id = new.card_id
