SELECT token FROM vault.card WHERE token = ANY(%(tokens)s) ORDER BY token FOR UPDATE
