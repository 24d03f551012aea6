-- The payers' rows, in id order. A statement of its own: what is read next must see what was waited for.
SELECT person_id FROM payments.wallet WHERE person_id = ANY(%(people)s) ORDER BY person_id FOR UPDATE
