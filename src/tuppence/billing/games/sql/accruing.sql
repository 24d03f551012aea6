SELECT coalesce(sum(owed_minor), 0)::bigint FROM billing.game_entry
WHERE business_id = %(business_id)s AND statement_id IS NULL
