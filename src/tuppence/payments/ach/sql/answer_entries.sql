-- What was filed is accepted or refused with its file; what came back already stays what it is. All that need seeing to.
WITH answered AS (
    UPDATE payments.bank_entry SET state = %(state)s WHERE file_id = %(file_id)s AND state = 'filed' RETURNING id
)
SELECT id FROM answered ORDER BY id
