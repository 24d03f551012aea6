SELECT c.last, NULL AS next_expiry, false AS used, a.id, a.ledger, a.flags,
    a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted, a.timestamp
FROM ledger.clock AS c LEFT JOIN ledger.account AS a ON a.id = ANY(%(accounts)s::uuid[])
