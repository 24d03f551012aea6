UPDATE billing.game_developer SET open_from = %(open_from)s::date WHERE business_id = %(business_id)s
