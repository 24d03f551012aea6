SELECT id, business_id, seq, type, subject_id, data, at FROM outbox.event
WHERE business_id = %(business_id)s AND (%(before)s::bigint IS NULL OR seq < %(before)s)
    AND (%(types)s::text[] = '{}' OR type = ANY(%(types)s::text[]))
    AND (%(subject_id)s::uuid IS NULL OR subject_id = %(subject_id)s)
ORDER BY seq DESC LIMIT %(limit)s
