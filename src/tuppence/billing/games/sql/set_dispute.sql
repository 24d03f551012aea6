UPDATE billing.game_dispute SET outcome = %(outcome)s, closed_at = %(closed_at)s::timestamptz
WHERE dispute_id = %(dispute_id)s AND closed_at IS NULL
