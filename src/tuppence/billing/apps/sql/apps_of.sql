SELECT id, business_id, name, home_url, confidential, redirect_uris, origins, api_version, created_at
FROM apps.app WHERE business_id = %(business_id)s AND retired_at IS NULL ORDER BY created_at, id
