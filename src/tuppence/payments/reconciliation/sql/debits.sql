-- What took money, by the attempt that a file names: whose it is, and whether it was done.
SELECT id, room, payment_id, rrn, currency FROM payments.rail_attempt WHERE id = ANY(%(ids)s) AND leg = 1 AND fate = 'accepted'
