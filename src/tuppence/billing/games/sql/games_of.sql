SELECT id, business_id, name, catalogue_url, callback_url, return_url, secret_version, secrets_end, share_percent,
    created_at
FROM billing.game WHERE business_id = %(business_id)s ORDER BY id
