SELECT id FROM payments.payment
WHERE state = 'awaiting_recipient' AND payer_id = %(payer)s AND payee_id = %(payee)s
ORDER BY id
