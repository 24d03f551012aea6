SELECT coalesce(pair.friends_since IS NOT NULL, false) AS friends,
    coalesce(CASE WHEN given.one < given.other THEN pair.low_blocks ELSE pair.high_blocks END, false)
        AS first_blocked_second,
    coalesce(CASE WHEN given.one < given.other THEN pair.high_blocks ELSE pair.low_blocks END, false)
        AS second_blocked_first,
    coalesce(a.enabled AND a.adult AND b.enabled AND b.adult, false) AS both_enabled
FROM unnest(%(one)s::uuid[], %(other)s::uuid[]) WITH ORDINALITY AS given (one, other, n)
LEFT JOIN people.pair ON pair.low = least(given.one, given.other) AND pair.high = greatest(given.one, given.other)
LEFT JOIN people.person AS a ON a.id = given.one
LEFT JOIN people.person AS b ON b.id = given.other
ORDER BY given.n
