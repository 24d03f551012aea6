INSERT INTO billing.game_developer (business_id, currency, zone, open_from)
SELECT business_id, currency, zone, open_from
FROM unnest(%(business_id)s::uuid[], %(currency)s::text[], %(zone)s::text[], %(open_from)s::date[])
    AS given (business_id, currency, zone, open_from)
ON CONFLICT (business_id) DO NOTHING
