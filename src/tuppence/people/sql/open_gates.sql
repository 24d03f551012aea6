-- The update changes nothing but locks a row that is there, so that no sweep takes it away before it is read.
INSERT INTO people.throttle AS known (scope, who, full_at)
SELECT scope, who, '-infinity' FROM unnest(%(scope)s::text[], %(who)s::bytea[]) AS given (scope, who)
ORDER BY scope, who
ON CONFLICT (scope, who) DO UPDATE SET full_at = known.full_at
