-- What banks took back of charges and have not given back, and what the house gave their payers.
SELECT
    id, subject_id AS charge_id, kind = 'chargeback' AS by_bank,
    CASE WHEN kind = 'chargeback' THEN amount_minor ELSE given_minor END AS amount_minor
FROM payments.dispute
WHERE
    subject_id = ANY(%(ids)s) AND about = 'charge'
    AND CASE WHEN kind = 'chargeback' THEN state <> 'won' ELSE given_minor > 0 END
