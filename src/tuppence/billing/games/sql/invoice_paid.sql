UPDATE billing.game_statement SET invoice_paid_at = %(now)s::timestamptz WHERE id = %(id)s AND invoice_paid_at IS NULL
