UPDATE payments.bank_entry AS e
SET state = 'returned', return_code = new.code, returned_at = %(at)s, return_file = %(file)s
FROM unnest(%(id)s::uuid[], %(code)s::text[]) AS new (id, code)
WHERE e.id = new.id AND e.state IN ('filed', 'accepted')
