SELECT f.name AS about, e.clearing,
    sum(CASE e.direction WHEN 'debit' THEN e.amount_minor ELSE -e.amount_minor END)::bigint AS signed_minor
FROM payments.bank_entry AS e
JOIN payments.bank_file AS f ON f.id = e.file_id
WHERE e.file_id = ANY(%(files)s)
  AND NOT (e.state = 'returned' AND e.return_file IS NULL) -- refused before anything moved
GROUP BY f.name, e.clearing
