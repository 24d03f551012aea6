INSERT INTO vault.card_check (id, person_id, address, at) VALUES (%(id)s, %(person_id)s, %(address)s, %(at)s)
