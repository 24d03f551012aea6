SELECT id, business_id, seq, type, subject_id, data, at FROM outbox.event
WHERE business_id = %(business_id)s AND seq > %(after)s ORDER BY seq LIMIT %(limit)s
