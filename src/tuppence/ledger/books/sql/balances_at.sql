-- Balances of some accounts as they were: today's, less what came later.
SELECT a.id, a.ledger, a.code, a.user_data_128,
    a.debits_pending - coalesce(m.debits_pending, 0) AS debits_pending,
    a.debits_posted - coalesce(m.debits_posted, 0) AS debits_posted,
    a.credits_pending - coalesce(m.credits_pending, 0) AS credits_pending,
    a.credits_posted - coalesce(m.credits_posted, 0) AS credits_posted
FROM ledger.account AS a LEFT JOIN (
    SELECT account_id, sum(debits_pending) AS debits_pending, sum(debits_posted) AS debits_posted,
        sum(credits_pending) AS credits_pending, sum(credits_posted) AS credits_posted
    FROM ledger.move WHERE timestamp >= %(before)s AND account_id = ANY(%(accounts)s::uuid[]) GROUP BY account_id
) AS m ON m.account_id = a.id
WHERE a.id = ANY(%(accounts)s::uuid[])
ORDER BY a.ledger, a.code, a.id
