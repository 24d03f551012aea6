UPDATE vault.reversal SET acknowledged_at = %(now)s WHERE attempt_id = ANY(%(ids)s)
