SELECT hash, tries, locks, greatest(locked_until, '2000-01-01') AS locked_until, clock_timestamp() AS now
FROM people.pin WHERE person_id = %(person_id)s FOR UPDATE
