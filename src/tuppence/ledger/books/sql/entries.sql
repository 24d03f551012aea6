-- In order of time, and of kind where a time is shared; `kind` is that of the entry after which they come.
SELECT * FROM (
    (SELECT 1 AS kind, a.id, a.ledger, a.code,
        -- As it was opened: closed by hand then, or by a transfer later.
        a.flags & ~32 | CASE WHEN a.flags & 32 <> 0 AND NOT EXISTS (
            SELECT FROM ledger.transfer AS c WHERE c.flags & 192 <> 0
                AND (c.flags & 64 <> 0 AND c.debit_account_id = a.id OR c.flags & 128 <> 0 AND c.credit_account_id = a.id)
        ) THEN 32 ELSE 0 END AS flags,
        a.user_data_128, a.user_data_64, a.user_data_32, a.timestamp,
        a.id AS debit_account_id, a.id AS credit_account_id, 0::bigint AS amount, a.id AS pending_id, 0::bigint AS timeout
    FROM ledger.account AS a WHERE a.timestamp > %(after)s - (1 > %(kind)s)::int AND a.timestamp <= %(until)s
    ORDER BY timestamp LIMIT %(limit)s)
    UNION ALL
    (SELECT 2, id, ledger, code, flags, user_data_128, user_data_64, user_data_32, timestamp,
        debit_account_id, credit_account_id, amount, pending_id, timeout
    FROM ledger.transfer WHERE timestamp > %(after)s - (2 > %(kind)s)::int AND timestamp <= %(until)s
    ORDER BY timestamp LIMIT %(limit)s)
    UNION ALL
    (SELECT 3, id, 0, 0, 0, id, 0, 0, expired_at, id, id, 0, id, 0
    FROM ledger.transfer_pending WHERE status = 4 AND expired_at > %(after)s - (3 > %(kind)s)::int AND expired_at <= %(until)s
    ORDER BY expired_at LIMIT %(limit)s)
    UNION ALL
    (SELECT 4, id, 0, 0, 0, id, 0, 0, timestamp, id, id, 0, id, 0
    FROM ledger.transfer_failed WHERE timestamp > %(after)s - (4 > %(kind)s)::int AND timestamp <= %(until)s
    ORDER BY timestamp LIMIT %(limit)s)
) AS entry ORDER BY timestamp, kind LIMIT %(limit)s
