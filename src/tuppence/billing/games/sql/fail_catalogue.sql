INSERT INTO billing.game_catalogue (game_id, products, failure, failed_at)
VALUES (%(game_id)s, '{"products": []}'::jsonb, %(failure)s::text, %(now)s::timestamptz)
ON CONFLICT (game_id) DO UPDATE SET failure = excluded.failure, failed_at = excluded.failed_at
