DELETE FROM outbox.job WHERE (kind, key) IN (
    SELECT kind, key FROM outbox.job WHERE kind = %(kind)s AND key = ANY(%(keys)s) AND lease IS NULL
    ORDER BY key FOR UPDATE
)
