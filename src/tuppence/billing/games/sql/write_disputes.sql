INSERT INTO billing.game_dispute (purchase_id, dispute_id, reason, words, opened_at, due_at, outcome, closed_at)
SELECT purchase_id, dispute_id, reason, words, opened_at, due_at, outcome, closed_at
FROM unnest(%(purchase_id)s::uuid[], %(dispute_id)s::uuid[], %(reason)s::text[], %(words)s::text[],
    %(opened_at)s::timestamptz[], %(due_at)s::timestamptz[], %(outcome)s::text[], %(closed_at)s::timestamptz[])
    AS given (purchase_id, dispute_id, reason, words, opened_at, due_at, outcome, closed_at)
