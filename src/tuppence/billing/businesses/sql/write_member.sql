INSERT INTO billing.member (business_id, person_id, role) VALUES (%(business_id)s, %(person_id)s, %(role)s)
ON CONFLICT (business_id, person_id) DO UPDATE SET role = excluded.role
