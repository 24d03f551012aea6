SELECT id, debits_pending, debits_posted, credits_pending, credits_posted FROM ledger.account
WHERE id > %(after)s ORDER BY id LIMIT %(limit)s
