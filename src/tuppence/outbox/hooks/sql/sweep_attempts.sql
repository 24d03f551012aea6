DELETE FROM outbox.attempt WHERE at < %(before)s
