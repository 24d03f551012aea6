INSERT INTO outbox.endpoint (id, business_id, url, description, types, scheme, api_version)
VALUES (%(id)s, %(business_id)s, %(url)s, %(description)s, %(types)s::text[], %(scheme)s, %(api_version)s)
ON CONFLICT (id) DO NOTHING
