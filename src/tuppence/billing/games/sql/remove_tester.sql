DELETE FROM billing.game_tester WHERE game_id = %(game_id)s AND person_id = %(person_id)s
