UPDATE billing.game_developer SET payee_id = %(payee_id)s, bank_id = %(bank_id)s, bank_changed_on = %(changed_on)s::date
WHERE business_id = %(business_id)s
