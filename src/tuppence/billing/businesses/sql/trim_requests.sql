DELETE FROM billing.request AS r USING unnest(%(businesses)s::uuid[]) AS given (business_id)
WHERE r.business_id = given.business_id AND r.id <= (
    SELECT id FROM billing.request AS kept WHERE kept.business_id = given.business_id
    ORDER BY id DESC OFFSET %(most)s LIMIT 1)
