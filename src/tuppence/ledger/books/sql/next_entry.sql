SELECT min(timestamp) FROM (
    SELECT min(timestamp) AS timestamp FROM ledger.account WHERE timestamp > %(after)s
    UNION ALL SELECT min(timestamp) FROM ledger.transfer WHERE timestamp > %(after)s
    UNION ALL SELECT min(expired_at) FROM ledger.transfer_pending WHERE status = 4 AND expired_at > %(after)s
    UNION ALL SELECT min(timestamp) FROM ledger.transfer_failed WHERE timestamp > %(after)s
) AS entry
