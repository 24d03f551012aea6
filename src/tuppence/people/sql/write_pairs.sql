UPDATE people.pair
SET friends_since = given.friends_since, low_blocks = given.low_blocks, high_blocks = given.high_blocks
FROM unnest(%(low)s::uuid[], %(high)s::uuid[], %(friends_since)s::timestamptz[], %(low_blocks)s::boolean[],
    %(high_blocks)s::boolean[]) AS given (low, high, friends_since, low_blocks, high_blocks)
WHERE pair.low = given.low AND pair.high = given.high
