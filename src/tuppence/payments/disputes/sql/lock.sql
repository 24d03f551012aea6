-- Disputes, in id order. A statement of its own: what is read next must see what was waited for.
SELECT id FROM payments.dispute WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE
