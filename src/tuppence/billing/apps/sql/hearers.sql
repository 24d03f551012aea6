-- The businesses whose apps may read these payments now: what a person took back is not told.
SELECT given.id AS payment_id, app.business_id
FROM unnest(%(id)s::uuid[], %(app_id)s::uuid[], %(payer_id)s::uuid[]) AS given (id, app_id, payer_id)
    JOIN apps.app ON app.id = given.app_id AND app.retired_at IS NULL
    JOIN apps.connection ON connection.app_id = app.id AND connection.person_id = given.payer_id
        AND connection.revoked_at IS NULL AND 'payments:read' = ANY(connection.scopes)
