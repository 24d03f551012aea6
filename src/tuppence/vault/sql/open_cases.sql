SELECT reversal.attempt_id, attempt.payment_id, attempt.amount_minor, attempt.currency, attempt.stan, attempt.sent_at,
       attempt.rrn, reversal.tries, reversal.case_at
FROM vault.reversal JOIN vault.attempt ON attempt.id = reversal.attempt_id
WHERE reversal.case_at IS NOT NULL AND reversal.acknowledged_at IS NULL
ORDER BY reversal.case_at, reversal.attempt_id
LIMIT 500
