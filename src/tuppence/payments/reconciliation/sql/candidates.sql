-- Those of a page that may not agree with the lines about them; what it means the rules decide. A comparison of
-- sums leaves out what surely agrees, and so does the day: the files that were read tell nothing of what came later.
SELECT a.id, a.payment_id, a.leg, a.fate, a.amount_minor, a.currency, a.marked_at, a.network_at, a.unknown_at,
    a.returned_at,
    CASE
        WHEN a.leg <> 1 THEN NULL
        WHEN a.room = 'charges' THEN (
            SELECT c.updated_at FROM payments.charge AS c WHERE c.id = a.payment_id AND c.state = 'declined'
        )
        ELSE (
            SELECT m.at FROM payments.moment AS m
            WHERE m.payment_id = a.payment_id AND m.state = 'debit_failed'
            ORDER BY m.version DESC LIMIT 1
        )
    END AS dead_at,
    a.room
FROM payments.rail_attempt AS a
LEFT JOIN LATERAL (
    SELECT count(*) AS lines, sum(l.signed_minor) FILTER (WHERE l.currency = a.currency) AS minor, bool_or(l.currency <> a.currency) AS swapped
    FROM payments.clearing_line AS l
    WHERE l.attempt_id = a.id
) AS told ON true
WHERE a.kind IN ('debit', 'purchase', 'push', 'refund') AND a.id = ANY(%(ids)s)
  AND (
    a.fate <> 'accepted' OR told.lines > 0 OR coalesce(a.network_at, a.marked_at) < %(read_until)s
    OR a.id = ANY(%(broken)s)
  )
  AND (
    a.fate = 'unknown' OR told.swapped OR a.id = ANY(%(broken)s)
    OR coalesce(told.minor, 0) <> CASE
        WHEN a.fate <> 'accepted' OR a.returned_at IS NOT NULL THEN 0
        WHEN a.leg = 1 THEN a.amount_minor
        ELSE -a.amount_minor
    END
  )
ORDER BY a.id
