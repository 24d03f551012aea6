-- Payments, in id order, before their disputes.
SELECT id FROM payments.payment WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE
