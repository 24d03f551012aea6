INSERT INTO billing.game (id, business_id, name, catalogue_url, callback_url, return_url, share_percent, created_at)
SELECT id, business_id, name, catalogue_url, callback_url, return_url, %(share_percent)s::int, %(now)s::timestamptz
FROM unnest(%(id)s::uuid[], %(business_id)s::uuid[], %(name)s::text[], %(catalogue_url)s::text[], %(callback_url)s::text[],
    %(return_url)s::text[]) AS given (id, business_id, name, catalogue_url, callback_url, return_url)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, catalogue_url = excluded.catalogue_url,
    callback_url = excluded.callback_url, return_url = excluded.return_url
