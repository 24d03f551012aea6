INSERT INTO payments.attempt_cost (attempt_id, payment_id, item, booked_minor, billed_minor, currency, booked_at)
SELECT attempt_id, payment_id, 'unexpected', 0, billed_minor, currency, %(now)s
FROM unnest(%(attempt_id)s::uuid[], %(payment_id)s::uuid[], %(fee_minor)s::bigint[], %(currency)s::text[])
    AS told (attempt_id, payment_id, billed_minor, currency)
ON CONFLICT (attempt_id) DO UPDATE SET billed_minor = excluded.billed_minor
