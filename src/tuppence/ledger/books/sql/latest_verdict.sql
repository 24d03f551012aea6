SELECT checked_at, took_seconds, entries, broken FROM ledger.verdict WHERE checked_at <= clock_timestamp()
ORDER BY checked_at DESC LIMIT 1
