SELECT level, index, hash FROM ledger.seal_node WHERE (index + 1) << level::int > %(count)s ORDER BY level, index
