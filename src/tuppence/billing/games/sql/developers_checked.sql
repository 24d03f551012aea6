SELECT d.business_id, d.currency,
    coalesce((SELECT sum(owed_minor) FROM billing.game_entry AS e WHERE e.business_id = d.business_id), 0)::bigint
        AS owed_minor,
    coalesce((SELECT sum(held_minor) FROM billing.game_statement AS s
        WHERE s.business_id = d.business_id AND s.released_by IS NULL), 0)::bigint AS kept_minor,
    coalesce((SELECT sum(payout_minor) FROM billing.game_statement AS s
        WHERE s.business_id = d.business_id AND s.state = 'paid'), 0)::bigint AS left_minor,
    EXISTS (SELECT FROM billing.game_purchase AS p WHERE p.business_id = d.business_id AND NOT p.test
        AND p.state IN ('authorizing', 'initiated'))
    OR EXISTS (SELECT FROM billing.game_refund AS r JOIN billing.game_purchase AS p ON p.id = r.purchase_id
        WHERE p.business_id = d.business_id AND r.state = 'refunding')
    OR EXISTS (SELECT FROM billing.game_bundle AS b WHERE b.business_id = d.business_id AND b.state = 'charging')
    OR EXISTS (SELECT FROM billing.game_statement AS s WHERE s.business_id = d.business_id
        AND (s.state IN ('scheduled', 'held') OR (s.invoice_charge_id IS NOT NULL AND s.invoice_paid_at IS NULL)))
        AS unsettled
FROM billing.game_developer AS d ORDER BY d.business_id
