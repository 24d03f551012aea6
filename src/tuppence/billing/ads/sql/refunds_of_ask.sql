SELECT id, ask_id, account_id, charge_id, cycle_id, amount_minor, state, failed_why, asked_at, settled_at
FROM ads.refund WHERE ask_id = %(ask_id)s ORDER BY id
