SELECT id FROM ads.account WHERE id = ANY(%(ids)s::uuid[]) ORDER BY id FOR UPDATE
