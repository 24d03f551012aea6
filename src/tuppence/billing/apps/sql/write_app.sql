INSERT INTO apps.app (id, business_id, name, home_url, confidential, redirect_uris, origins, api_version)
VALUES (%(id)s, %(business_id)s, %(name)s, %(home_url)s, %(confidential)s, %(redirect_uris)s::text[],
    %(origins)s::text[], %(api_version)s)
ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, home_url = EXCLUDED.home_url,
    redirect_uris = EXCLUDED.redirect_uris, origins = EXCLUDED.origins
