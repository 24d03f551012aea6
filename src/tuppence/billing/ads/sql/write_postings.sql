-- What batches of events came to.
INSERT INTO ads.posting (
    id, account_id, cycle_id, at, usage_minor, given_back_minor, waived_minor, credits_minor, prepaid_minor,
    owed_minor
)
SELECT * FROM unnest(
    %(id)s::uuid[], %(account_id)s::uuid[], %(cycle_id)s::uuid[], %(at)s::timestamptz[], %(usage_minor)s::bigint[],
    %(given_back_minor)s::bigint[], %(waived_minor)s::bigint[], %(credits_minor)s::bigint[],
    %(prepaid_minor)s::bigint[], %(owed_minor)s::bigint[]
)
