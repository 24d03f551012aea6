UPDATE apps.customer_grant SET state = %(state)s, person_id = %(person_id)s, card_id = %(card_id)s, decided_at = %(now)s
WHERE id = %(id)s
