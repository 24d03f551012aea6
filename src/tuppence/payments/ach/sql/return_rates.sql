SELECT count(*) AS debits,
    count(*) FILTER (WHERE return_code = ANY(%(unauthorised)s::text[])) AS unauthorised,
    count(*) FILTER (WHERE return_code = ANY(%(administrative)s::text[])) AS administrative,
    count(*) FILTER (WHERE return_code IS NOT NULL) AS overall
FROM payments.bank_entry
WHERE direction = 'debit' AND purpose <> 'prenote' AND state IN ('accepted', 'returned') AND made_at >= %(since)s
