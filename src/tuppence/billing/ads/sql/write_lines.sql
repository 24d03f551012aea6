-- Postings by campaign.
INSERT INTO ads.posted_line (
    posting_id, campaign_id, kind, quantity, amount_minor, waived_minor
)
SELECT * FROM unnest(
    %(posting_id)s::uuid[], %(campaign_id)s::uuid[], %(kind)s::text[], %(quantity)s::bigint[],
    %(amount_minor)s::bigint[], %(waived_minor)s::bigint[]
)
