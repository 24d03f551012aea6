SELECT attempt_id FROM vault.void WHERE attempt_id = ANY(%(ids)s)
