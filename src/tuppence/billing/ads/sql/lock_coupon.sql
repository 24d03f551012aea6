SELECT code, amount_minor, currency, redeem_by, lasts_days, made_at, account_id
FROM ads.coupon WHERE code = %(code)s FOR UPDATE
