INSERT INTO payments.dispute_moment (dispute_id, version, number, event, state, at, detail)
SELECT * FROM unnest(
    %(dispute_id)s::uuid[], %(version)s::int[], %(number)s::text[], %(event)s::text[], %(state)s::text[],
    %(at)s::timestamptz[], %(detail)s::jsonb[]
)
