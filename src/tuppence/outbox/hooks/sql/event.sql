SELECT id, business_id, seq, type, subject_id, data, at FROM outbox.event
WHERE id = %(id)s AND business_id = %(business_id)s
