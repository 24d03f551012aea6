SELECT id FROM billing.game_statement
WHERE business_id = %(business_id)s AND state IN ('waiting', 'blocked', 'held') ORDER BY first_day
