SELECT id FROM apps.app WHERE id = ANY(%(ids)s::uuid[])
