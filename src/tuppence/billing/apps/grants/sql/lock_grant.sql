SELECT id FROM apps.customer_grant WHERE id = %(id)s FOR UPDATE
