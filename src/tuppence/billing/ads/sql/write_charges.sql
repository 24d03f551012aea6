-- Charges as they are asked for, or as they were heard of.
INSERT INTO ads.charge (
    id, account_id, cycle_id, round, place, person_id, card_id, bank_id, mandate_id, amount_minor, state, decline_code,
    may_retry, asked_at, settled_at
)
SELECT * FROM unnest(
    %(id)s::uuid[], %(account_id)s::uuid[], %(cycle_id)s::uuid[], %(round)s::int[], %(place)s::int[],
    %(person_id)s::uuid[], %(card_id)s::uuid[], %(bank_id)s::uuid[], %(mandate_id)s::uuid[],
    %(amount_minor)s::bigint[], %(state)s::text[],
    %(decline_code)s::text[], %(may_retry)s::boolean[], %(asked_at)s::timestamptz[], %(settled_at)s::timestamptz[]
)
ON CONFLICT (id) DO UPDATE
SET state = excluded.state, decline_code = excluded.decline_code, may_retry = excluded.may_retry,
    settled_at = excluded.settled_at
