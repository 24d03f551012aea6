SELECT d.purchase_id FROM billing.game_dispute AS d JOIN billing.game_purchase AS p ON p.id = d.purchase_id
WHERE p.game_id = %(game_id)s ORDER BY d.outcome <> 'pending', CASE d.outcome WHEN 'pending' THEN d.due_at END, d.opened_at DESC
LIMIT 200
