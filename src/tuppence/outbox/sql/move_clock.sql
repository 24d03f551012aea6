UPDATE outbox.clock SET ahead = %(to)s - clock_timestamp()
