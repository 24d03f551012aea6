SELECT purchase_id, dispute_id, reason, words, opened_at, due_at, outcome, closed_at
FROM billing.game_dispute WHERE purchase_id = ANY(%(purchase_ids)s::uuid[])
