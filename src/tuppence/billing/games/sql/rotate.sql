-- Those before, three at most, sign on until then, or until they were to end.
UPDATE billing.game SET secret_version = secret_version + 1, secrets_end = (
    SELECT array_agg(least(ends_at, %(until)s) ORDER BY n)
    FROM unnest(ARRAY['infinity'::timestamptz] || secrets_end) WITH ORDINALITY AS held (ends_at, n) WHERE n <= 3
)
WHERE id = %(id)s RETURNING secret_version
