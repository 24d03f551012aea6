INSERT INTO payments.correction (id, proposed_by, reason)
SELECT id, person_id, reason FROM unnest(%(id)s::uuid[], %(person_id)s::uuid[], %(reason)s::text[])
    AS given (id, person_id, reason)
