INSERT INTO payments.attempt_cost (attempt_id, payment_id, item, booked_minor, currency, booked_at)
SELECT *, %(now)s FROM unnest(
    %(attempt_id)s::uuid[], %(payment_id)s::uuid[], %(item)s::text[], %(booked_minor)s::bigint[], %(currency)s::text[]
)
