SELECT id, handle, name, locale, enabled, adult, created_at,
    EXISTS (SELECT FROM people.pin WHERE pin.person_id = person.id) AS has_pin,
    EXISTS (SELECT FROM people.passkey WHERE passkey.person_id = person.id) AS has_passkey
FROM people.person WHERE id = ANY(%(ids)s)
