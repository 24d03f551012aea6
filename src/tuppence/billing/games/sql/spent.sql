SELECT coalesce(sum(price_minor + tax_minor), 0)::bigint FROM billing.game_purchase
WHERE buyer_id = %(buyer_id)s AND NOT test AND bought_at > %(since)s::timestamptz
    AND state NOT IN ('rejected_by_app', 'failed', 'bundle_declined')
