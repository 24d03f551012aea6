UPDATE billing.game_dispute SET outcome = %(outcome)s, closed_at = %(now)s::timestamptz
WHERE purchase_id = %(purchase_id)s AND outcome = 'pending'
