SELECT coalesce(sum(held_minor), 0)::bigint FROM billing.game_statement
WHERE business_id = %(business_id)s AND released_by IS NULL AND release_on <= %(last)s::date
