UPDATE people.pin SET tries = 0, locks = 0, locked_until = '-infinity'
WHERE person_id = %(person_id)s AND hash = %(hash)s
