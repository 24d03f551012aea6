WITH refunded AS (
    SELECT purchase_id, sum(amount_minor) AS given, sum(amount_minor) FILTER (WHERE state = 'refunded') AS back
    FROM billing.game_refund WHERE state <> 'failed' GROUP BY purchase_id
), booked AS (
    SELECT purchase_id, sum(amount_minor) AS amount FROM billing.game_entry WHERE purchase_id IS NOT NULL GROUP BY purchase_id
)
SELECT p.id AS purchase_id, 'more was given back than was paid' AS what
FROM billing.game_purchase AS p JOIN refunded AS r ON r.purchase_id = p.id
WHERE r.given > p.price_minor + p.tax_minor
UNION ALL
SELECT p.id, 'its entries are not what is left of it'
FROM billing.game_purchase AS p LEFT JOIN booked AS b ON b.purchase_id = p.id
    LEFT JOIN refunded AS r ON r.purchase_id = p.id
    LEFT JOIN billing.game_bundle AS g ON g.id = p.bundle_id
WHERE NOT p.test AND (g.id IS NULL OR g.state = 'charged')
    AND p.state IN ('completed', 'part_refunded', 'refunded', 'chargeback_reversed')
    AND coalesce(b.amount, 0) <> p.price_minor + p.tax_minor - coalesce(r.back, 0)
UNION ALL
SELECT p.id, 'more was charged back than it had'
FROM billing.game_purchase AS p JOIN booked AS b ON b.purchase_id = p.id
WHERE p.state = 'chargeback' AND b.amount < 0
ORDER BY 1, 2
