-- For each card: is a payment under way that names it, and when did the last one change?
SELECT
    card.id AS card_id,
    coalesce(bool_or(p.state NOT IN ('debit_failed', 'available', 'returned', 'cancelled', 'abandoned')), false) AS under_way,
    max(p.updated_at) AS last_at
FROM unnest(%(ids)s::uuid[]) AS card (id)
LEFT JOIN payments.payment AS p ON p.funding_card_id = card.id OR p.receiving_card_id = card.id
GROUP BY card.id
