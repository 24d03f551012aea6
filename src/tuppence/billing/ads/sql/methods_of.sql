SELECT account_id, place, person_id, card_id, bank_id, mandate_id
FROM ads.method WHERE account_id = ANY(%(accounts)s::uuid[]) ORDER BY account_id, place
