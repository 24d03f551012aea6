SELECT bubble.payment_id, connection.person_id
FROM apps.bubble
    JOIN apps.connection ON connection.id = bubble.connection_id AND connection.revoked_at IS NULL
    JOIN apps.app ON app.id = connection.app_id AND app.retired_at IS NULL
    JOIN people.person ON person.id = connection.person_id AND person.enabled
WHERE bubble.ticket_hash = %(ticket_hash)s AND bubble.ends_at > clock_timestamp()
