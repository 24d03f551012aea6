UPDATE payments.break SET state = 'explained', ended_at = %(at)s, reason = 'answered'
WHERE rail = 'ach' AND subject = %(subject)s AND state = 'open'
