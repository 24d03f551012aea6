SELECT 'account' AS of, timestamp FROM ledger.account WHERE timestamp = ANY(%(times)s::bigint[])
UNION ALL (SELECT 'account', timestamp FROM ledger.account ORDER BY timestamp DESC LIMIT 1)
UNION ALL SELECT 'transfer', timestamp FROM ledger.transfer WHERE timestamp = ANY(%(times)s::bigint[])
UNION ALL (SELECT 'transfer', timestamp FROM ledger.transfer ORDER BY timestamp DESC LIMIT 1)
UNION ALL SELECT 'expiry', expired_at FROM ledger.transfer_pending
WHERE status = 4 AND expired_at = ANY(%(times)s::bigint[])
