SELECT w.n, s.hash
FROM unnest(%(level)s::int[], %(first)s::bigint[], %(count)s::bigint[]) WITH ORDINALITY AS w (level, first, count, n)
    JOIN ledger.seal_node AS s ON s.level = w.level AND s.index >= w.first AND s.index < w.first + w.count
ORDER BY w.n, s.index
