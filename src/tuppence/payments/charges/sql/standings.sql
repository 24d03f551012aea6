-- Charges as they say they are, page by page, with their shares and refunds added up.
SELECT
    c.id,
    c.amount_minor,
    c.state,
    (SELECT coalesce(sum(minor::bigint), 0)::bigint FROM jsonb_each_text(c.shares) AS share (account, minor)) AS shares_minor,
    c.refunding_minor,
    c.refunded_minor,
    coalesce(back.done_minor, 0)::bigint AS given_back_minor,
    coalesce(back.going_minor, 0)::bigint AS going_back_minor,
    EXISTS (
        SELECT FROM payments.charge_attempt AS a WHERE a.payment_id = c.id AND a.fate = 'accepted'
    ) AS found
FROM payments.charge AS c
LEFT JOIN LATERAL (
    SELECT
        sum(r.amount_minor) FILTER (WHERE r.state = 'refunded') AS done_minor,
        sum(r.amount_minor) FILTER (WHERE r.state IN ('refunding', 'refund_unknown')) AS going_minor
    FROM payments.charge_refund AS r
    WHERE r.charge_id = c.id
) AS back ON true
WHERE c.id > %(after)s
ORDER BY c.id
LIMIT %(limit)s
