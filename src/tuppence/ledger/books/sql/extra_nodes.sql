SELECT level, index, hash FROM ledger.seal_node
WHERE index < 0 OR level > 56 OR (index + 1) << level::int > %(count)s ORDER BY level, index
