UPDATE people.person SET name = coalesce(given.name, person.name), locale = coalesce(given.locale, person.locale)
FROM unnest(%(person_id)s::uuid[], %(name)s::text[], %(locale)s::text[]) AS given (person_id, name, locale)
WHERE person.id = given.person_id
RETURNING person.id
