SELECT ledger.seal(
    ARRAY(SELECT ROW(s.*)::ledger.seal FROM unnest(%(position)s::bigint[], %(kind)s::smallint[], %(id)s::uuid[],
        %(timestamp)s::bigint[], %(leaf)s::bytea[], %(chain)s::bytea[]) AS s),
    ARRAY(SELECT ROW(n.*)::ledger.seal_node FROM unnest(%(level)s::smallint[], %(index)s::bigint[], %(hash)s::bytea[]) AS n)
)
