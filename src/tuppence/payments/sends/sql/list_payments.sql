-- Somebody's payments, newest first: both sides by their own index, then merged.
SELECT id, created_at FROM (
    (
        SELECT id, created_at FROM payments.payment
        WHERE %(sent)s AND payer_id = %(person_id)s
          AND (%(before_at)s::timestamptz IS NULL OR (created_at, id) < (%(before_at)s, %(before_id)s::uuid))
        ORDER BY created_at DESC, id DESC LIMIT %(limit)s
    ) UNION ALL (
        SELECT id, created_at FROM payments.payment
        WHERE %(received)s AND payee_id = %(person_id)s AND revealed
          AND (%(before_at)s::timestamptz IS NULL OR (created_at, id) < (%(before_at)s, %(before_id)s::uuid))
        ORDER BY created_at DESC, id DESC LIMIT %(limit)s
    )
) AS both_sides
ORDER BY created_at DESC, id DESC
LIMIT %(limit)s
