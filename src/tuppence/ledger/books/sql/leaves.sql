SELECT w.n, s.leaf AS hash
FROM unnest(%(first)s::bigint[], %(count)s::bigint[]) WITH ORDINALITY AS w (first, count, n)
    JOIN ledger.seal AS s ON s.position > w.first AND s.position <= w.first + w.count
ORDER BY w.n, s.position
