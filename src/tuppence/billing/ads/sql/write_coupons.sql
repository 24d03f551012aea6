INSERT INTO ads.coupon (code, amount_minor, currency, redeem_by, lasts_days, made_at, account_id)
SELECT * FROM unnest(
    %(code)s::text[], %(amount_minor)s::bigint[], %(currency)s::text[], %(redeem_by)s::timestamptz[],
    %(lasts_days)s::int[], %(made_at)s::timestamptz[], %(account_id)s::uuid[]
)
