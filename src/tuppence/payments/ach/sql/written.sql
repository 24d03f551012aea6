UPDATE payments.bank_file SET state = 'written', sha256 = %(sha256)s WHERE id = %(id)s AND state = 'taken'
