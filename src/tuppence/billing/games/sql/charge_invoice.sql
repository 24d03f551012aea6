UPDATE billing.game_statement SET invoice_charge_id = %(charge_id)s WHERE id = %(id)s
