SELECT scope, who, greatest(full_at, '2000-01-01') AS full_at, clock_timestamp() AS now FROM people.throttle
WHERE (scope, who) IN (SELECT * FROM unnest(%(scope)s::text[], %(who)s::bytea[]))
ORDER BY scope, who FOR UPDATE
