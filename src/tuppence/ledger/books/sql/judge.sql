SELECT ledger.judge(%(took_seconds)s, %(entries)s, coalesce(
    (SELECT jsonb_agg(jsonb_build_object('what', what, 'which', which) ORDER BY n)
    FROM unnest(%(what)s::text[], %(which)s::text[]) WITH ORDINALITY AS b (what, which, n)), '[]'))
