INSERT INTO vault.access_log (id, at, caller, verb, token, attempt_id, reason)
SELECT * FROM unnest(
    %(id)s::uuid[], %(at)s::timestamptz[], %(caller)s::text[], %(verb)s::text[], %(token)s::text[],
    %(attempt_id)s::uuid[], %(reason)s::text[]
)
