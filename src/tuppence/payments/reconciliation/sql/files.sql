SELECT sequence, business_date, digest FROM payments.clearing_file
WHERE rail = %(rail)s
ORDER BY sequence DESC
LIMIT %(most)s
