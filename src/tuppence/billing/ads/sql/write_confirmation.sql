INSERT INTO ads.confirmation (account_id, held_at, person_id, it_was_us, at)
VALUES (%(account_id)s, %(held_at)s, %(person_id)s, %(it_was_us)s, %(at)s)
ON CONFLICT (account_id, held_at, person_id) DO NOTHING
