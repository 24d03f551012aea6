-- What waits, oldest first, with its account's details as they are now. Run under the lock of the series.
SELECT e.id, e.account_id, e.purpose, e.amount_minor, e.currency, e.sec, e.description, e.direction, a.routing, a.kind,
    a.sealed, a.state
FROM payments.bank_entry AS e
JOIN payments.bank_account AS a ON a.id = e.account_id
WHERE e.state = 'waiting'
ORDER BY e.id
LIMIT %(most)s
