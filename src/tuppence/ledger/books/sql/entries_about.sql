-- Everything about one subject that is an entry, with its seal where it has one.
SELECT e.kind, e.id, e.timestamp, s.position
FROM (
    SELECT 2 AS kind, id, timestamp FROM ledger.transfer
    WHERE user_data_128 = %(about)s AND user_data_128 <> '00000000-0000-0000-0000-000000000000'
    UNION ALL
    SELECT 3, p.id, p.expired_at FROM ledger.transfer AS t JOIN ledger.transfer_pending AS p USING (id)
    WHERE t.user_data_128 = %(about)s AND t.user_data_128 <> '00000000-0000-0000-0000-000000000000' AND p.status = 4
) AS e LEFT JOIN ledger.seal AS s USING (timestamp, kind)
ORDER BY e.timestamp
