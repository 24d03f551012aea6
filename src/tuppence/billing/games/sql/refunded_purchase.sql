SELECT purchase_id FROM billing.game_refund WHERE id = %(id)s
