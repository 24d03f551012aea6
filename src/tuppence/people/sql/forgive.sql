UPDATE people.throttle SET full_at = full_at - given.back
FROM unnest(%(scope)s::text[], %(who)s::bytea[], %(back)s::interval[]) AS given (scope, who, back)
WHERE throttle.scope = given.scope AND throttle.who = given.who
