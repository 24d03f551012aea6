UPDATE apps.customer_grant SET state = 'revoked', ended_at = %(now)s WHERE id = %(id)s
