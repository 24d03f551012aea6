UPDATE payments.bank_line SET matched = true WHERE about = %(about)s AND kind = 'returns'
