SELECT statement_id, number, kind, about, amount_minor FROM payments.bank_line
WHERE about = %(about)s AND kind = 'returns' AND NOT matched
ORDER BY statement_id, number
