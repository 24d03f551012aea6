-- Files that should have settled, and returns that should have been booked, on a day whose statement was read.
SELECT 'settlement_missing' AS kind, 'settlement:' || f.name AS subject, -f.credit_minor AS left_minor
FROM payments.bank_file AS f
WHERE f.state = 'accepted' AND f.settled_on IS NULL AND f.settles_on < %(read_to)s
UNION ALL
SELECT 'returns_unsettled', 'returns:' || r.reference, r.net_minor
FROM payments.bank_received AS r
WHERE r.reference IS NOT NULL AND r.net_minor <> 0 AND r.received_at < %(read_to)s
  AND NOT EXISTS (SELECT FROM payments.bank_line AS l WHERE l.about = r.reference AND l.kind = 'returns')
