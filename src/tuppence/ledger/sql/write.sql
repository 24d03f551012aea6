SELECT ledger.write(
    %(accounts)s::ledger.account[], %(transfers)s::ledger.transfer[], %(failed)s::uuid[], %(expired)s::uuid[],
    %(expired_at)s::bigint[], %(seen)s, %(last)s
)
