-- What was owed at a statement: what is owed as far as it is sealed, less what came after that statement.
SELECT a.ledger, account_id, subject, coalesce(o.amount_minor, 0) - coalesce(m.amount_minor, 0) AS amount_minor
FROM ledger.owed AS o FULL JOIN (
    SELECT account_id, subject, sum(amount_minor) AS amount_minor FROM ledger.owed_move
    WHERE timestamp > %(through)s AND timestamp <= (SELECT max(timestamp) FROM ledger.seal)
    GROUP BY account_id, subject
) AS m USING (account_id, subject) JOIN ledger.account AS a ON a.id = account_id
WHERE coalesce(o.amount_minor, 0) <> coalesce(m.amount_minor, 0)
ORDER BY a.ledger, account_id, subject
