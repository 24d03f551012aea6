WITH given AS (
    SELECT * FROM unnest(%(id)s::uuid[], %(handle)s::text[], %(look)s::text[], %(name)s::text[], %(locale)s::text[],
        %(password_hash)s::text[]) AS given (id, handle, look, name, locale, password_hash)
), written AS (
    INSERT INTO people.person (id, handle, look, name, locale)
    SELECT id, handle, look, name, locale FROM given ON CONFLICT DO NOTHING
    RETURNING id, handle
), kept AS (
    INSERT INTO people.password (person_id, hash)
    SELECT DISTINCT ON (id) id, password_hash FROM given JOIN written USING (id, handle)
)
SELECT id FROM written
