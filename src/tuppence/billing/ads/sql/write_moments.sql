-- What happened, for people to read.
INSERT INTO ads.moment (
    account_id, id, at, what, by_id, cycle_id, detail
)
SELECT * FROM unnest(
    %(account_id)s::uuid[], %(id)s::uuid[], %(at)s::timestamptz[], %(what)s::text[], %(by_id)s::uuid[],
    %(cycle_id)s::uuid[], %(detail)s::jsonb[]
)
