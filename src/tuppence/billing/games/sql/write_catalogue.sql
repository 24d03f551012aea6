INSERT INTO billing.game_catalogue (game_id, products, read_at) VALUES (%(game_id)s, %(products)s::jsonb, %(now)s::timestamptz)
ON CONFLICT (game_id) DO UPDATE SET products = excluded.products, read_at = excluded.read_at, failure = NULL, failed_at = NULL
