-- New payments, each with the first line of its timeline.
WITH made AS (
    INSERT INTO payments.payment (
        id, payer_id, payee_id, conversation_id, amount_minor, currency, note, asked_card_id, session_id,
        policy_version, state, version, funding_card_id, step_up_reason, undo_until, device_age, app_id,
        created_at, updated_at
    )
    SELECT
        id, payer_id, payee_id, conversation_id, amount_minor, currency, note, asked_card_id, session_id,
        %(policy_version)s, 'created', 1, funding_card_id, step_up_reason, undo_until, device_age, app_id,
        %(now)s, %(now)s
    FROM unnest(
        %(id)s::uuid[], %(payer_id)s::uuid[], %(payee_id)s::uuid[], %(conversation_id)s::uuid[],
        %(amount_minor)s::bigint[], %(currency)s::text[], %(note)s::text[], %(asked_card_id)s::uuid[],
        %(session_id)s::uuid[], %(funding_card_id)s::uuid[], %(step_up_reason)s::text[], %(undo_until)s::timestamptz[],
        %(device_age)s::interval[], %(app_id)s::uuid[]
    ) AS new (
        id, payer_id, payee_id, conversation_id, amount_minor, currency, note, asked_card_id,
        session_id, funding_card_id, step_up_reason, undo_until, device_age, app_id
    )
    RETURNING id
)
INSERT INTO payments.moment (payment_id, version, number, event, state, at, detail)
SELECT id, 1, '1', 'send', 'created', %(now)s, '{}' FROM made
