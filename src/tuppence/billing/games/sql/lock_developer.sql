SELECT business_id FROM billing.game_developer WHERE business_id = %(id)s FOR UPDATE
