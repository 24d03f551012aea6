SELECT id, ask_id, account_id, charge_id, cycle_id, amount_minor, state, failed_why, asked_at, settled_at
FROM ads.refund
WHERE account_id = ANY(%(accounts)s::uuid[]) AND state IN ('refunding', 'refund_unknown')
ORDER BY account_id, id
