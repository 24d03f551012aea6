SELECT low, high, friends_since, low_blocks, high_blocks FROM people.pair
WHERE (low, high) IN (SELECT * FROM unnest(%(low)s::uuid[], %(high)s::uuid[]))
ORDER BY low, high FOR UPDATE
