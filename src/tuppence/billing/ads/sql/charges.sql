SELECT id, account_id, cycle_id, round, place, person_id, card_id, bank_id, mandate_id, amount_minor, state,
    decline_code, may_retry, asked_at, settled_at
FROM ads.charge WHERE id = ANY(%(ids)s::uuid[])
