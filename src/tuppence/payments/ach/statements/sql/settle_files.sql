-- Our bank moved these files' money; what there is in them that somebody waits for.
WITH settled AS (
    UPDATE payments.bank_file SET settled_on = %(on)s WHERE id = ANY(%(ids)s) AND settled_on IS NULL RETURNING id
)
SELECT e.id FROM payments.bank_entry AS e JOIN settled AS s ON s.id = e.file_id
WHERE e.purpose = 'order'
ORDER BY e.id
