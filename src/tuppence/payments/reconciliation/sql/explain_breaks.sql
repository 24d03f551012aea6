UPDATE payments.break SET state = 'explained', ended_at = %(now)s, reason = %(reason)s
WHERE state = 'open' AND subject = ANY(%(subjects)s)
