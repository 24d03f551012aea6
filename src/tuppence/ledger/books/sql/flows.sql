-- What was moved for good about each subject, by step and by the codes of both accounts.
SELECT t.user_data_128 AS subject, t.code, d.code AS debit_code, c.code AS credit_code, sum(t.amount) AS amount_minor
FROM ledger.transfer AS t
    JOIN ledger.account AS d ON d.id = t.debit_account_id JOIN ledger.account AS c ON c.id = t.credit_account_id
WHERE t.user_data_128 = ANY(%(subjects)s::uuid[]) AND t.flags & 10 = 0
    AND t.user_data_128 <> '00000000-0000-0000-0000-000000000000'
GROUP BY t.user_data_128, t.code, d.code, c.code
ORDER BY subject, t.code, debit_code, credit_code
