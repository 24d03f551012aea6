SELECT id, business_id, key_id, method, path, status, code, took_ms, at FROM billing.request
WHERE business_id = %(business_id)s AND (%(before)s::uuid IS NULL OR id < %(before)s)
    AND (NOT %(failed)s::boolean OR status >= 400)
ORDER BY id DESC LIMIT %(limit)s
