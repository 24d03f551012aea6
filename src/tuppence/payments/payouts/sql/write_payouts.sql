-- Payouts as a step leaves them; the rows are locked.
UPDATE payments.payout AS p
SET state = new.state, why = new.why, bank_id = new.bank_id, tries = new.tries, order_id = new.order_id,
    settles_on = new.settles_on, submitted_at = new.submitted_at, updated_at = new.updated_at
FROM unnest(
    %(id)s::uuid[], %(state)s::text[], %(why)s::text[], %(bank_id)s::uuid[], %(tries)s::int[], %(order_id)s::uuid[],
    %(settles_on)s::date[], %(submitted_at)s::timestamptz[], %(updated_at)s::timestamptz[]
) AS new (id, state, why, bank_id, tries, order_id, settles_on, submitted_at, updated_at)
WHERE p.id = new.id
