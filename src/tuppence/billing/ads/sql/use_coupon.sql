UPDATE ads.coupon SET account_id = %(account_id)s WHERE code = %(code)s
