SELECT person_id FROM billing.member WHERE business_id = ANY(%(business_ids)s::uuid[])
ORDER BY business_id, person_id FOR UPDATE
