INSERT INTO billing.member (business_id, person_id, role, since) VALUES (%(business_id)s, %(person_id)s, %(role)s, %(since)s)
ON CONFLICT (business_id, person_id) DO UPDATE SET role = excluded.role, since = CASE WHEN member.role = excluded.role THEN member.since ELSE excluded.since END
