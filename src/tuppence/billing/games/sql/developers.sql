SELECT business_id, currency, zone, open_from, payee_id, bank_id, bank_changed_on FROM billing.game_developer
WHERE business_id = ANY(%(ids)s::uuid[])
