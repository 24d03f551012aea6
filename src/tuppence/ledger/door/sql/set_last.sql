UPDATE ledger.clock SET last = %(last)s
