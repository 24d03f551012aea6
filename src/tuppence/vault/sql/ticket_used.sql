SELECT token FROM vault.card WHERE ticket_nonce = %(nonce)s
