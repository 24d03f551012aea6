SELECT ledger.state(ROW(%(number)s, %(day)s, %(closes_day)s, %(count)s, %(made_at)s, %(document)s, %(signature)s,
    %(blinding)s)::ledger.statement)
