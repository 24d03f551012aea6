-- What the ad server reported; the accounts are locked, and repeats were taken out.
INSERT INTO ads.event (
    account_id, id, campaign_id, kind, amount_minor, waived_minor, quantity, corrects, at, posting_id
)
SELECT * FROM unnest(
    %(account_id)s::uuid[], %(id)s::uuid[], %(campaign_id)s::uuid[], %(kind)s::text[], %(amount_minor)s::bigint[],
    %(waived_minor)s::bigint[], %(quantity)s::bigint[], %(corrects)s::uuid[], %(at)s::timestamptz[],
    %(posting_id)s::uuid[]
)
