DELETE FROM people.session WHERE id IN (
    SELECT surplus.id FROM unnest(%(people)s::uuid[]) AS given (person_id)
    CROSS JOIN LATERAL (
        SELECT id FROM people.session WHERE session.person_id = given.person_id
        ORDER BY last_seen_at DESC OFFSET %(most)s
    ) AS surplus
) RETURNING id
