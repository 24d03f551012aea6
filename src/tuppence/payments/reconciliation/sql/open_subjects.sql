SELECT subject FROM payments.break WHERE rail = %(rail)s AND state = 'open'
