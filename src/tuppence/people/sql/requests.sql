SELECT id, asker, asked, state, at FROM people.friend_request WHERE id = ANY(%(ids)s)
UNION
SELECT id, asker, asked, state, at FROM people.friend_request
WHERE state <> 'accepted' AND (asker, asked) IN (
    SELECT low, high FROM unnest(%(low)s::uuid[], %(high)s::uuid[]) AS given (low, high)
    UNION ALL SELECT high, low FROM unnest(%(low)s::uuid[], %(high)s::uuid[]) AS given (low, high)
)
