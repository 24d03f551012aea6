SELECT kind, key, attempts, error, died_at FROM outbox.dead_job ORDER BY died_at DESC LIMIT %(limit)s
