SELECT id, created_by FROM billing.business WHERE id = ANY(%(ids)s::uuid[])
