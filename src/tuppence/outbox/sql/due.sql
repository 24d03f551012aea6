-- What a worker would take now, or has taken. What waits after a failure is not among it.
SELECT count(*) FROM outbox.job
WHERE due_at <= (SELECT clock_timestamp() + ahead FROM outbox.clock) AND run_at <= clock_timestamp()
