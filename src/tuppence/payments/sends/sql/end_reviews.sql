UPDATE payments.review AS r
SET decision = told.decision, decided_at = %(now)s, decided_by = told.by, reason = told.reason
FROM unnest(%(payment_id)s::uuid[], %(decision)s::text[], %(by)s::text[], %(reason)s::text[])
    AS told (payment_id, decision, by, reason)
WHERE r.payment_id = told.payment_id AND r.decision IS NULL
