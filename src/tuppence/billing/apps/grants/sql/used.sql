SELECT COALESCE(SUM(amount_minor), 0)::bigint AS minor, COUNT(*)::int AS times
FROM apps.grant_charge
WHERE grant_id = %(grant_id)s AND told IS DISTINCT FROM 'declined' AND (%(since)s::timestamptz IS NULL OR at > %(since)s)
