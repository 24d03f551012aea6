SELECT
    id, payer_id, payee_id, conversation_id, amount_minor, currency, note, asked_card_id, session_id, policy_version,
    state, version, cause, decline_code, dispute, revealed, funding_card_id, receiving_card_id, refund_card_id,
    step_up_reason, step_up_until, proved_at, undo_until, expires_at, next_update_at, arrival_earliest, arrival_latest,
    arrival_fast, arrival_reason, arrival_facts, created_at, updated_at, receiving_bank_id, device_age, app_id
FROM payments.payment
WHERE id = ANY(%(ids)s)
