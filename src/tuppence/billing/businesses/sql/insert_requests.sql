INSERT INTO billing.request (id, business_id, key_id, method, path, status, code, took_ms, at)
SELECT * FROM unnest(%(id)s::uuid[], %(business_id)s::uuid[], %(key_id)s::uuid[], %(method)s::text[], %(path)s::text[],
    %(status)s::int[], %(code)s::text[], %(took_ms)s::int[], %(at)s::timestamptz[])
ON CONFLICT DO NOTHING
