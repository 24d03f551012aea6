SELECT id, payment_id, kind, token, amount_minor, currency, of_id, stan, sent_at, state, response_code, decline_code,
       approval, rrn, trace, fast_funds, network_at, never_seen_since, category, says
FROM vault.attempt
WHERE id = ANY(%(ids)s)
ORDER BY id
FOR UPDATE
