UPDATE payments.dispute_response AS r SET file = told.file
FROM unnest(%(ids)s::uuid[], %(files)s::text[]) AS told (id, file) WHERE r.id = told.id
