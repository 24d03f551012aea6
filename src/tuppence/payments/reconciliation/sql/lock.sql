-- One reconciliation at a time, whoever runs it.
SELECT pg_advisory_xact_lock(7075707101)
