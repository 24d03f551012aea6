-- One statement at a time, and no file of returns beside it, whoever reads them.
SELECT pg_advisory_xact_lock(7075707102)
