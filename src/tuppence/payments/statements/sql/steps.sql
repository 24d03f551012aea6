-- The steps of somebody's payments that moved money in a period, oldest first, from a place on.
SELECT
    m.payment_id, m.version, m.at, m.number, m.event, p.payer_id, p.payee_id, p.amount_minor, p.currency, p.note,
    p.funding_card_id, p.receiving_card_id, p.receiving_bank_id, p.refund_card_id
FROM payments.payment AS p
JOIN payments.moment AS m ON m.payment_id = p.id
WHERE (p.payer_id = %(person_id)s OR (p.payee_id = %(person_id)s AND p.revealed))
  AND p.created_at < %(ends_at)s AND p.updated_at >= %(begins_at)s
  AND m.at >= %(begins_at)s AND m.at < %(ends_at)s
  AND (m.number, m.event) IN (SELECT * FROM unnest(%(numbers)s::text[], %(events)s::text[]))
  AND (%(after_at)s::timestamptz IS NULL
       OR (m.at, m.payment_id, m.version) > (%(after_at)s, %(after_id)s::uuid, %(after_version)s::int))
ORDER BY m.at, m.payment_id, m.version
LIMIT %(limit)s
