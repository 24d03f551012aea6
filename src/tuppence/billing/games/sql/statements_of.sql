SELECT id FROM billing.game_statement WHERE business_id = %(business_id)s
