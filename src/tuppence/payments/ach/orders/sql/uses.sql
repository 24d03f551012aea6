SELECT DISTINCT ON (mandate_id) mandate_id, id AS order_id FROM payments.bank_order
WHERE mandate_id = ANY(%(mandates)s)
ORDER BY mandate_id, id
