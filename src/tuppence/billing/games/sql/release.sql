UPDATE billing.game_statement SET released_by = %(statement_id)s
WHERE business_id = %(business_id)s AND released_by IS NULL AND release_on <= %(last)s::date
