SELECT 'account' AS of, timestamp FROM ledger.account
WHERE timestamp = ANY(%(times)s::bigint[]) OR timestamp = (SELECT max(timestamp) FROM ledger.account)
UNION ALL
SELECT 'transfer', timestamp FROM ledger.transfer
WHERE timestamp = ANY(%(times)s::bigint[]) OR timestamp = (SELECT max(timestamp) FROM ledger.transfer)
