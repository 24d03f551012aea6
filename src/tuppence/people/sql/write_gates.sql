UPDATE people.throttle SET full_at = given.full_at
FROM unnest(%(scope)s::text[], %(who)s::bytea[], %(full_at)s::timestamptz[]) AS given (scope, who, full_at)
WHERE throttle.scope = given.scope AND throttle.who = given.who
