UPDATE vault.attempt SET
    state = said.state, response_code = said.response_code, decline_code = said.decline_code,
    approval = said.approval, rrn = said.rrn, trace = said.trace, fast_funds = said.fast_funds,
    network_at = said.network_at, never_seen_since = said.never_seen_since
FROM unnest(
    %(id)s::uuid[], %(state)s::text[], %(response_code)s::text[], %(decline_code)s::text[], %(approval)s::text[],
    %(rrn)s::text[], %(trace)s::text[], %(fast_funds)s::boolean[], %(network_at)s::timestamptz[],
    %(never_seen_since)s::timestamptz[]
) AS said (id, state, response_code, decline_code, approval, rrn, trace, fast_funds, network_at, never_seen_since)
WHERE attempt.id = said.id
