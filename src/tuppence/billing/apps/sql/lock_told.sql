-- How much of each payment has been told. Locks the rows, in id order, until the transaction ends.
INSERT INTO apps.payment_told AS t (payment_id, version)
SELECT id, 0 FROM unnest(%(ids)s::uuid[]) AS given (id) ORDER BY id
ON CONFLICT (payment_id) DO UPDATE SET version = t.version
RETURNING payment_id, version
