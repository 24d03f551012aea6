UPDATE people.pin SET tries = %(tries)s, locks = %(locks)s, locked_until = %(locked_until)s
WHERE person_id = %(person_id)s
