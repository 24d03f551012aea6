SELECT id FROM ledger.transfer_pending
WHERE status = 1 AND expires_at IS NOT NULL AND expires_at <= %(now)s ORDER BY expires_at LIMIT %(most)s
