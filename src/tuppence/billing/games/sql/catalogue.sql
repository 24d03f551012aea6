SELECT products -> 'products' AS products, read_at, failure, failed_at FROM billing.game_catalogue WHERE game_id = %(game_id)s
