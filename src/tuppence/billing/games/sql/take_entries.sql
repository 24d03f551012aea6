UPDATE billing.game_entry SET statement_id = %(statement_id)s
WHERE business_id = %(business_id)s AND statement_id IS NULL AND day <= %(last)s::date
