SELECT count(*) FROM payments.bank_entry WHERE file_id = %(file_id)s AND purpose IN ('deposit', 'prenote')
