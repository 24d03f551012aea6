INSERT INTO payments.bank_account (
    id, person_id, routing, bank, kind, holder, last4, sealed, fingerprint, state, reason, tries_left, deposit_1_minor,
    deposit_2_minor, deposits_by, expires_at, created_at, updated_at, debits_from
)
SELECT * FROM unnest(
    %(id)s::uuid[], %(person_id)s::uuid[], %(routing)s::text[], %(bank)s::text[], %(kind)s::text[],
    %(holder)s::text[], %(last4)s::text[], %(sealed)s::bytea[], %(fingerprint)s::text[], %(state)s::text[],
    %(reason)s::text[], %(tries_left)s::int[], %(deposit_1_minor)s::int[], %(deposit_2_minor)s::int[],
    %(deposits_by)s::timestamptz[], %(expires_at)s::timestamptz[], %(created_at)s::timestamptz[],
    %(updated_at)s::timestamptz[], %(debits_from)s::timestamptz[]
)
