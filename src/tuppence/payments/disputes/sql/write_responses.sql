INSERT INTO payments.dispute_response (id, dispute_id, case_number, verdict, evidence, made_at)
SELECT *, %(now)s FROM unnest(
    %(id)s::uuid[], %(dispute_id)s::uuid[], %(case_number)s::text[], %(verdict)s::text[], %(evidence)s::text[]
)
