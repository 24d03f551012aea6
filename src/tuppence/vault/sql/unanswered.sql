SELECT id FROM vault.attempt WHERE state = 'sent' ORDER BY id
