SELECT id, business_id, name, home_url, confidential, redirect_uris, origins, api_version, created_at
FROM apps.app WHERE id = ANY(%(ids)s::uuid[]) AND retired_at IS NULL
