SELECT of_id, sum(amount_minor)::bigint AS minor FROM vault.attempt
WHERE of_id = ANY(%(ids)s) AND state IN ('sent', 'accepted', 'unknown')
GROUP BY of_id
