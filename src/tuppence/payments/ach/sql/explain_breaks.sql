UPDATE payments.break SET state = 'explained', ended_at = %(at)s, reason = %(reason)s
WHERE rail IN ('ach', 'sepa') AND subject = ANY(%(subjects)s) AND state = 'open'
