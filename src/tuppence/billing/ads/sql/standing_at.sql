-- What was owed and what was in store at an instant, from what was used, settled, topped up and refunded before it.
WITH used AS (
    SELECT coalesce(sum(owed_minor), 0)::bigint AS owed, coalesce(sum(prepaid_minor), 0)::bigint AS prepaid
    FROM ads.posting WHERE account_id = %(account_id)s AND at < %(at)s
), settled AS (
    SELECT coalesce(sum(
        usage_minor - given_back_minor - waived_minor - credits_minor - prepaid_minor + carried_in_minor
            - carried_out_minor + refunded_minor
    ), 0)::bigint AS minor
    FROM ads.cycle
    WHERE account_id = %(account_id)s AND state IN ('paid', 'written_off') AND settled_at < %(at)s
), topped_up AS (
    SELECT coalesce(sum(amount_minor), 0)::bigint AS minor FROM ads.charge
    WHERE account_id = %(account_id)s AND cycle_id IS NULL AND state = 'charged' AND settled_at < %(at)s
), refunded AS (
    SELECT coalesce(sum(amount_minor) FILTER (WHERE cycle_id IS NULL), 0)::bigint AS prepaid,
        coalesce(sum(amount_minor) FILTER (WHERE cycle_id IS NOT NULL), 0)::bigint AS bills
    FROM ads.refund WHERE account_id = %(account_id)s AND state = 'refunded' AND settled_at < %(at)s
)
SELECT used.owed + refunded.bills - settled.minor AS unpaid_minor,
    topped_up.minor - used.prepaid - refunded.prepaid AS prepaid_minor
FROM used, settled, topped_up, refunded
