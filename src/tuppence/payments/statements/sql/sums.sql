-- What those steps come to, before the period and in it.
SELECT
    p.currency, p.payer_id = %(person_id)s AS paying, m.number, m.event, m.at < %(begins_at)s AS before,
    sum(p.amount_minor)::bigint AS minor, count(*) AS times
FROM payments.payment AS p
JOIN payments.moment AS m ON m.payment_id = p.id
WHERE (p.payer_id = %(person_id)s OR (p.payee_id = %(person_id)s AND p.revealed))
  AND p.created_at < %(ends_at)s AND m.at < %(ends_at)s
  AND (m.number, m.event) IN (SELECT * FROM unnest(%(numbers)s::text[], %(events)s::text[]))
GROUP BY 1, 2, 3, 4, 5
