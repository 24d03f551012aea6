-- Refused before anything moved: returned, but by no file that a statement will tell of.
UPDATE payments.bank_entry AS e
SET state = 'returned', return_code = new.code, returned_at = %(at)s
FROM unnest(%(id)s::uuid[], %(code)s::text[]) AS new (id, code)
WHERE e.id = new.id
