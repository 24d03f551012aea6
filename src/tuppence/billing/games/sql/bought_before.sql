SELECT EXISTS (SELECT FROM billing.game_purchase
    WHERE buyer_id = %(buyer_id)s AND business_id = %(business_id)s AND NOT test AND completed_at IS NOT NULL)
