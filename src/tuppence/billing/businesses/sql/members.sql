SELECT business_id, person_id, role, since FROM billing.member WHERE business_id = ANY(%(business_ids)s::uuid[])
ORDER BY business_id, since, person_id
