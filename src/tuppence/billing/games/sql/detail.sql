SELECT e.id AS entry_id, e.day, e.at, e.kind, e.game_id, e.purchase_id, p.request_id, p.sku, p.quantity, e.currency,
    e.amount_minor, e.tax_minor, e.fee_minor, e.share_minor, e.owed_currency, e.owed_minor,
    (p.facts #>> '{exchange,listed_minor}') || ' ' || (p.facts #>> '{exchange,listed_currency}') AS listed,
    coalesce(p.facts #>> '{owed,rate}', p.facts #>> '{exchange,rate}') AS rate,
    coalesce(p.facts #>> '{owed,on}', p.facts #>> '{exchange,on}') AS rate_on
FROM billing.game_entry AS e LEFT JOIN billing.game_purchase AS p ON p.id = e.purchase_id
WHERE e.business_id = %(business_id)s AND e.day BETWEEN %(first)s::date AND %(last)s::date
    AND (e.day, e.id) > (%(after_day)s::date, %(after_id)s::uuid)
ORDER BY e.day, e.id LIMIT %(limit)s
