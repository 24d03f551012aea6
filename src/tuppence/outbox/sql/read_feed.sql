SELECT feed_seq, kind, payload, at FROM outbox.feed_entry
WHERE person_id = %(person_id)s AND feed_seq > %(since)s ORDER BY feed_seq LIMIT %(limit)s
