DELETE FROM people.throttle WHERE (scope, who) IN (
    SELECT scope, who FROM people.throttle WHERE full_at < clock_timestamp() - interval '1 day'
    ORDER BY full_at LIMIT 100 FOR UPDATE SKIP LOCKED
)
