SELECT token FROM vault.card WHERE ticket_nonce = %(nonce)s AND person_id = %(person_id)s
