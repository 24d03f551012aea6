-- How many people let each app in, and what they let it do, all together.
SELECT connection.app_id, count(DISTINCT connection.person_id)::int AS people, array_agg(DISTINCT scope) AS scopes
FROM apps.connection, unnest(connection.scopes) AS scope
WHERE connection.app_id = ANY(%(ids)s::uuid[]) AND connection.revoked_at IS NULL
GROUP BY connection.app_id
