SELECT kind, count(*)::int AS times FROM vault.alarm WHERE at > %(since)s GROUP BY kind ORDER BY kind
