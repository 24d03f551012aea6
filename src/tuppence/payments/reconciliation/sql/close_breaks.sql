UPDATE payments.break AS b SET state = 'closed', ended_at = %(now)s, ended_by = ask.by, reason = ask.reason
FROM unnest(%(break_id)s::uuid[], %(by)s::text[], %(reason)s::text[]) AS ask (id, by, reason)
WHERE b.id = ask.id AND b.state = 'open'
