DELETE FROM vault.card_check WHERE id = %(id)s
