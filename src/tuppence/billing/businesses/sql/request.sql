SELECT id, business_id, key_id, method, path, status, code, took_ms, at FROM billing.request
WHERE id = %(id)s AND business_id = %(business_id)s
