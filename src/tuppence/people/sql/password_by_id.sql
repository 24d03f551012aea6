SELECT person.id AS person_id, person.handle, password.hash
FROM people.person JOIN people.password ON password.person_id = person.id
WHERE person.id = %(person_id)s AND person.enabled
