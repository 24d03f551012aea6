SELECT card_id, count(*) AS count
FROM payments.attempt
WHERE card_id = ANY(%(ids)s) AND fate = 'declined' AND marked_at > %(since)s AND decline_code <> ALL(%(soft)s)
GROUP BY card_id
