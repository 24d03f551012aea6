SELECT min(position) FROM ledger.seal WHERE timestamp >= %(since)s
