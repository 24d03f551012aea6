SELECT max(position) FROM ledger.seal WHERE timestamp < %(until)s
