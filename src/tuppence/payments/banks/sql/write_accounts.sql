-- Accounts as a step leaves them; their owners' wallets are locked.
UPDATE payments.bank_account AS a
SET routing = new.routing, bank = new.bank, kind = new.kind, last4 = new.last4, sealed = new.sealed,
    fingerprint = new.fingerprint, state = new.state, reason = new.reason, tries_left = new.tries_left,
    updated_at = new.updated_at, debits_from = new.debits_from
FROM unnest(
    %(id)s::uuid[], %(routing)s::text[], %(bank)s::text[], %(kind)s::text[], %(last4)s::text[], %(sealed)s::bytea[],
    %(fingerprint)s::text[], %(state)s::text[], %(reason)s::text[], %(tries_left)s::int[],
    %(updated_at)s::timestamptz[], %(debits_from)s::timestamptz[]
) AS new (id, routing, bank, kind, last4, sealed, fingerprint, state, reason, tries_left, updated_at, debits_from)
WHERE a.id = new.id
