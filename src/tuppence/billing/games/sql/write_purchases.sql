UPDATE billing.game_purchase AS p SET state = given.state, delivery = given.delivery, buyer_id = given.buyer_id,
    card_id = given.card_id, test = given.test, outcome = given.outcome, bundle_id = given.bundle_id, why = given.why,
    says = given.says, asked_at = given.asked_at, bought_at = coalesce(p.bought_at, given.bought_at),
    completed_at = given.completed_at, fulfilled_at = given.fulfilled_at, consumed_at = given.consumed_at,
    version = given.version
FROM unnest(%(id)s::uuid[], %(state)s::text[], %(delivery)s::text[], %(buyer_id)s::uuid[], %(card_id)s::uuid[],
    %(test)s::boolean[], %(outcome)s::text[], %(bundle_id)s::uuid[], %(why)s::text[], %(says)s::text[],
    %(asked_at)s::timestamptz[], %(bought_at)s::timestamptz[], %(completed_at)s::timestamptz[],
    %(fulfilled_at)s::timestamptz[], %(consumed_at)s::timestamptz[], %(version)s::int[])
    AS given (id, state, delivery, buyer_id, card_id, test, outcome, bundle_id, why, says, asked_at, bought_at,
    completed_at, fulfilled_at, consumed_at, version)
WHERE p.id = given.id
