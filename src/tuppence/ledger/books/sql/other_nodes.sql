-- Of these subtrees, those that are kept otherwise or not at all.
SELECT w.level, w.index, w.hash
FROM unnest(%(level)s::int[], %(index)s::bigint[], %(hash)s::bytea[]) AS w (level, index, hash)
    LEFT JOIN ledger.seal_node AS s ON s.level = w.level AND s.index = w.index
WHERE s.hash IS DISTINCT FROM w.hash ORDER BY w.level, w.index
