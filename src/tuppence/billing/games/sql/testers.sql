SELECT game_id, person_id, outcome, since FROM billing.game_tester
WHERE game_id = ANY(%(game_ids)s::uuid[]) ORDER BY since, person_id
