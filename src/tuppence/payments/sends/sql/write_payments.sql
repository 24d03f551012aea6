-- Payments as a step leaves them; the rows are locked. What is fixed at creation is not named here.
UPDATE payments.payment AS p
SET state = new.state, version = new.version, cause = new.cause, decline_code = new.decline_code,
    dispute = new.dispute, revealed = new.revealed, receiving_card_id = new.receiving_card_id,
    refund_card_id = new.refund_card_id, step_up_until = new.step_up_until, proved_at = new.proved_at,
    expires_at = new.expires_at, next_update_at = new.next_update_at, arrival_earliest = new.arrival_earliest,
    arrival_latest = new.arrival_latest, arrival_fast = new.arrival_fast, arrival_reason = new.arrival_reason,
    arrival_facts = new.arrival_facts, updated_at = new.updated_at,
    receiving_bank_id = new.receiving_bank_id
FROM unnest(
    %(id)s::uuid[], %(state)s::text[], %(version)s::int[], %(cause)s::text[], %(decline_code)s::text[],
    %(dispute)s::text[], %(revealed)s::boolean[], %(receiving_card_id)s::uuid[], %(refund_card_id)s::uuid[],
    %(step_up_until)s::timestamptz[], %(proved_at)s::timestamptz[], %(expires_at)s::timestamptz[],
    %(next_update_at)s::timestamptz[], %(arrival_earliest)s::timestamptz[], %(arrival_latest)s::timestamptz[],
    %(arrival_fast)s::boolean[], %(arrival_reason)s::text[], %(arrival_facts)s::jsonb[], %(updated_at)s::timestamptz[],
    %(receiving_bank_id)s::uuid[]
) AS new (
    id, state, version, cause, decline_code, dispute, revealed, receiving_card_id, refund_card_id, step_up_until,
    proved_at, expires_at, next_update_at, arrival_earliest, arrival_latest, arrival_fast, arrival_reason,
    arrival_facts, updated_at, receiving_bank_id
)
WHERE p.id = new.id AND p.version < new.version
