SELECT id FROM billing.game_statement
WHERE business_id = %(business_id)s AND state IN ('waiting', 'blocked') AND pay_on <= %(today)s::date ORDER BY first_day
