SELECT ledger.write(
    %(accounts)s::ledger.account[], %(transfers)s::ledger.transfer[], %(failed)s::uuid[], %(failed_at)s::bigint[],
    %(expired)s::uuid[], %(expired_at)s::bigint[], %(seen)s, %(last)s
)
