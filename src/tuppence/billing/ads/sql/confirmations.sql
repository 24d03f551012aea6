SELECT account_id, held_at, person_id, it_was_us, at
FROM ads.confirmation WHERE account_id = %(account_id)s AND held_at = %(held_at)s ORDER BY at, person_id
