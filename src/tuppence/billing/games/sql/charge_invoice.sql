UPDATE billing.game_statement SET invoice_charge_id = %(charge_id)s::uuid WHERE id = %(id)s
