SELECT buyer_id, sum(price_minor + tax_minor)::bigint AS minor FROM billing.game_purchase
WHERE buyer_id = ANY(%(buyers)s) AND NOT test AND bought_at > %(since)s::timestamptz
    AND state NOT IN ('rejected_by_app', 'failed', 'bundle_declined')
GROUP BY buyer_id
