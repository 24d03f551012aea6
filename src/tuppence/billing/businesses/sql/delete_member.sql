DELETE FROM billing.member WHERE business_id = %(business_id)s AND person_id = %(person_id)s
