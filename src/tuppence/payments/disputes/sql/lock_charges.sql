-- Charges, in id order, before their disputes.
SELECT id FROM payments.charge WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE
