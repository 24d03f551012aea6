-- Those of ours that still run. A lease that ran out meanwhile may be another's by now, and then has another number.
UPDATE outbox.job SET lease_until = clock_timestamp() + %(long)s WHERE lease = ANY(%(leases)s)
