SELECT checked_at, took_seconds, entries, broken FROM ledger.verdict ORDER BY checked_at DESC LIMIT 1
