-- Charges of bills, and those of top-ups that are under way, in the order in which they were asked for.
SELECT id, account_id, cycle_id, round, place, person_id, card_id, bank_id, mandate_id, amount_minor, state,
    decline_code, may_retry, asked_at, settled_at
FROM ads.charge
WHERE cycle_id = ANY(%(cycles)s::uuid[])
    OR account_id = ANY(%(accounts)s::uuid[]) AND cycle_id IS NULL AND state IN ('charging', 'unknown')
ORDER BY account_id, asked_at, id
