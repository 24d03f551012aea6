SELECT ledger.write_remembered(
    %(transfers)s::ledger.transfer[], %(failed)s::uuid[], %(failed_at)s::bigint[], %(asked)s::uuid[], %(seen)s, %(last)s
)
