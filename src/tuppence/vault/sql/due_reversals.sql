SELECT attempt_id, tries FROM vault.reversal
WHERE acknowledged_at IS NULL AND next_at <= %(now)s AND attempt_id <> ALL(%(busy)s)
ORDER BY next_at
LIMIT %(most)s
FOR UPDATE SKIP LOCKED
