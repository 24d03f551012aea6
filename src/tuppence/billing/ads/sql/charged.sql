-- What was charged for bills, or for top-ups, the latest first.
SELECT id, account_id, cycle_id, round, place, person_id, card_id, bank_id, mandate_id, amount_minor, state,
    decline_code, may_retry, asked_at, settled_at
FROM ads.charge
WHERE account_id = ANY(%(accounts)s::uuid[]) AND state = 'charged' AND (cycle_id IS NOT NULL) = %(bills)s
ORDER BY account_id, asked_at DESC, id DESC
