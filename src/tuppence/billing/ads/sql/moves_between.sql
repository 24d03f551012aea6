-- Bills that were settled, top-ups and refunds.
SELECT at, what, id, amount_minor FROM (
    SELECT settled_at AS at, CASE state WHEN 'paid' THEN 'paid' ELSE 'written_off' END AS what, id,
        usage_minor - given_back_minor - waived_minor - credits_minor - prepaid_minor + carried_in_minor
            - carried_out_minor + refunded_minor AS amount_minor
    FROM ads.cycle WHERE account_id = %(account_id)s AND state IN ('paid', 'written_off')
    UNION ALL
    SELECT settled_at, 'topped_up', id, amount_minor
    FROM ads.charge WHERE account_id = %(account_id)s AND cycle_id IS NULL AND state = 'charged'
    UNION ALL
    SELECT settled_at, CASE WHEN cycle_id IS NULL THEN 'refunded' ELSE 'bill_refunded' END, id, amount_minor
    FROM ads.refund WHERE account_id = %(account_id)s AND state = 'refunded'
) AS moved
WHERE at >= %(begins_at)s AND at < %(ends_at)s AND amount_minor <> 0
ORDER BY at, id
