INSERT INTO vault.alarm (id, at, kind, reason, token) VALUES (%(id)s, %(at)s, %(kind)s, %(reason)s, %(token)s)
