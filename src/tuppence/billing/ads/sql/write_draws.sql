-- What postings took of credits.
INSERT INTO ads.draw (
    posting_id, credit_id, amount_minor
)
SELECT * FROM unnest(
    %(posting_id)s::uuid[], %(credit_id)s::uuid[], %(amount_minor)s::bigint[]
)
