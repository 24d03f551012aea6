UPDATE payments.break SET state = 'explained', ended_at = %(at)s, reason = %(reason)s
WHERE rail = 'ach' AND subject = ANY(%(subjects)s) AND state = 'open'
