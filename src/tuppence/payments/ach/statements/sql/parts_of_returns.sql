SELECT e.return_file AS about, e.clearing,
    sum(CASE e.direction WHEN 'debit' THEN -e.amount_minor ELSE e.amount_minor END)::bigint AS signed_minor
FROM payments.bank_entry AS e
WHERE e.return_file = ANY(%(references)s)
GROUP BY e.return_file, e.clearing
