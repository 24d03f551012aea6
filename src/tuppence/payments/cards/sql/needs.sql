-- For each card: is a payment or a charge under way that names it, and when did the last one change?
SELECT
    card.id AS card_id,
    coalesce(bool_or(used.under_way), false) AS under_way,
    max(used.updated_at) AS last_at
FROM unnest(%(ids)s::uuid[]) AS card (id)
LEFT JOIN LATERAL (
    SELECT p.state NOT IN ('debit_failed', 'available', 'returned', 'cancelled', 'abandoned') AS under_way, p.updated_at
    FROM payments.payment AS p
    WHERE p.funding_card_id = card.id OR p.receiving_card_id = card.id
    UNION ALL
    SELECT c.state IN ('charging', 'unknown') OR c.refunding_minor > 0, c.updated_at
    FROM payments.charge AS c
    WHERE c.card_id = card.id
) AS used ON true
GROUP BY card.id
