SELECT tie.viewer, tie.other, person.handle, person.name, tie.friends_since, tie.blocked, tie.sent_id, tie.sent_at,
    tie.received_id, tie.received_at
FROM people.tie JOIN people.person ON person.id = tie.other
WHERE tie.other = ANY(%(people)s)
