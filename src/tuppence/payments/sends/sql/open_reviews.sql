INSERT INTO payments.review (payment_id, score, reasons, opened_at)
SELECT payment_id, score, reasons, %(now)s
FROM unnest(%(payment_id)s::uuid[], %(score)s::int[], %(reasons)s::text[]) AS held (payment_id, score, reasons)
