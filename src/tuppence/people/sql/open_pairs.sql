INSERT INTO people.pair (low, high)
SELECT low, high FROM unnest(%(low)s::uuid[], %(high)s::uuid[]) AS given (low, high) ORDER BY low, high
ON CONFLICT DO NOTHING
