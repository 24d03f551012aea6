-- Those of a batch that are still its holder's.
SELECT key, asked FROM outbox.job
WHERE kind = %(kind)s AND key = ANY(%(keys)s) AND lease = %(lease)s ORDER BY key FOR UPDATE
