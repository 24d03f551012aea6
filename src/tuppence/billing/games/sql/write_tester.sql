INSERT INTO billing.game_tester (game_id, person_id, outcome, since)
VALUES (%(game_id)s, %(person_id)s, %(outcome)s, %(now)s::timestamptz)
ON CONFLICT (game_id, person_id) DO UPDATE SET outcome = excluded.outcome
