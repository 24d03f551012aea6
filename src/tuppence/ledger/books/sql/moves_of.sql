-- What happened to some accounts in a time, in order.
SELECT m.timestamp, m.account_id, m.subject, coalesce(t.code, 0) AS code, t.id AS transfer_id,
    m.debits_posted, m.credits_posted, m.debits_pending, m.credits_pending
FROM ledger.move AS m LEFT JOIN ledger.transfer AS t USING (timestamp)
WHERE m.account_id = ANY(%(accounts)s::uuid[]) AND m.timestamp > %(after)s AND m.timestamp < %(until)s
ORDER BY m.timestamp, m.account_id LIMIT %(limit)s
