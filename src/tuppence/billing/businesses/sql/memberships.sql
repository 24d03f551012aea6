SELECT b.id, b.name, b.country, b.currency, b.zone, b.created_at, m.role
FROM billing.member AS m JOIN billing.business AS b ON b.id = m.business_id
WHERE m.person_id = %(person_id)s ORDER BY lower(b.name), b.id
