-- How often banks refused cards for good, paying friends and businesses alike.
SELECT card_id, count(*) AS count
FROM (
    SELECT card_id FROM payments.attempt
    WHERE card_id = ANY(%(ids)s) AND fate = 'declined' AND marked_at > %(since)s AND decline_code <> ALL(%(soft)s)
    UNION ALL
    SELECT card_id FROM payments.charge_attempt
    WHERE card_id = ANY(%(ids)s) AND fate = 'declined' AND marked_at > %(since)s AND decline_code <> ALL(%(soft)s)
) AS declined
GROUP BY card_id
