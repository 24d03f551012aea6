-- Charges as a step leaves them; the rows are locked.
UPDATE payments.charge AS c
SET state = new.state, decline_code = new.decline_code, refunding_minor = new.refunding_minor,
    refunded_minor = new.refunded_minor, updated_at = new.updated_at, charged_at = new.charged_at
FROM unnest(
    %(id)s::uuid[], %(state)s::text[], %(decline_code)s::text[], %(refunding_minor)s::bigint[],
    %(refunded_minor)s::bigint[], %(updated_at)s::timestamptz[], %(charged_at)s::timestamptz[]
) AS new (id, state, decline_code, refunding_minor, refunded_minor, updated_at, charged_at)
WHERE c.id = new.id
