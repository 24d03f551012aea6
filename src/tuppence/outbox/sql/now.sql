SELECT clock_timestamp() + ahead FROM outbox.clock
