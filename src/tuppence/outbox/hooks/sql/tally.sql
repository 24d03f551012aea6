SELECT date_trunc('hour', a.at) AS hour, count(*) FILTER (WHERE a.status BETWEEN 200 AND 299) AS delivered,
    count(*) FILTER (WHERE a.status IS NULL OR a.status NOT BETWEEN 200 AND 299) AS failed
FROM outbox.attempt AS a JOIN outbox.endpoint AS e ON e.id = a.endpoint_id
WHERE e.business_id = %(business_id)s AND a.at > clock_timestamp() - interval '48 hours'
GROUP BY hour ORDER BY hour
