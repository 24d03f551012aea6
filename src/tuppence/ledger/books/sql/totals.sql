-- Balances as they were: today's, less what came later.
SELECT a.ledger, a.code, a.flags & 2 <> 0 AS owed,
    sum(a.debits_pending) - coalesce(sum(m.debits_pending), 0) AS debits_pending,
    sum(a.debits_posted) - coalesce(sum(m.debits_posted), 0) AS debits_posted,
    sum(a.credits_pending) - coalesce(sum(m.credits_pending), 0) AS credits_pending,
    sum(a.credits_posted) - coalesce(sum(m.credits_posted), 0) AS credits_posted
FROM ledger.account AS a LEFT JOIN (
    SELECT account_id AS id, sum(debits_pending) AS debits_pending, sum(debits_posted) AS debits_posted,
        sum(credits_pending) AS credits_pending, sum(credits_posted) AS credits_posted
    FROM ledger.move WHERE timestamp > %(through)s GROUP BY account_id
) AS m USING (id)
WHERE a.timestamp <= %(through)s
GROUP BY a.ledger, a.code, a.flags & 2 <> 0
ORDER BY a.ledger, a.code, owed
